/** The builtin agent: a tool loop that we own, one model call per turn, a checkpoint after every call and every tool. */
import { FAILURE } from "../../domain/failures.js";
import { mergeRouting, modelFor, parseModelId } from "../../domain/routing.js";
import { readPrompt } from "../../store/prompts.js";
import type { PromptFolders } from "../../store/prompts.js";
import type { AgentEnding, AgentPort, AgentRun } from "../agent.js";
import { failure } from "../attempt-failure.js";
import type { BlobPort, ModelAccessPort, PricePort } from "../ports.js";
import { cropPicture } from "../../qa/crop.js";
import { useTool } from "./agent-tools.js";
import { noteMessage, repairMessage } from "./brief.js";
import { inOrder } from "./checkpoints.js";
import type { Checkpoints } from "./checkpoints.js";
import { isFull, makeRoom } from "./compaction.js";
import * as talk from "./conversation.js";
import type { Conversation } from "./conversation.js";
import { scrub } from "./model-errors.js";
import { payForCall } from "./paid-call.js";
import { PICTURE_BYTES, seesPictures } from "./pictures.js";
import type { Payer } from "./paid-call.js";
import { isAboutToJudge, judgeProgress, noProgressYet, noteResult, noteState } from "./progress.js";
import { createRateLimits } from "./rate-limits.js";
import type { RateLimits } from "./rate-limits.js";

const IDLE_ANSWERS = 3;
const MAX_TURNS = 60;
/** Height of a picture for its width; what is below is in the ARIA snapshot. */
const PICTURE_RATIO = 2;
/** An answer longer than this takes minutes; the rest comes in the next turn. */
const ANSWER = { wanted: 8_192, least: 512 };

export interface BuiltinAgentDependencies {
  models: ModelAccessPort;
  prices: PricePort;
  blobs: BlobPort;
  prompts: PromptFolders;
  /** Shared with whoever else calls the same providers. */
  limits?: RateLimits;
  maxTurns?: number;
}

export function createBuiltinAgent(deps: BuiltinAgentDependencies): AgentPort {
  const limits = deps.limits ?? createRateLimits();
  const maxTurns = deps.maxTurns ?? MAX_TURNS;
  return {
    async work(run) {
      const routing = mergeRouting(deps.models.defaultRouting(), run.plan.model_routing);
      const role = run.feature.kind === "research" ? "research" : "worker";
      const model = modelFor(routing, run.feature, role, run.input.tier);
      if (model === undefined) throw noModel(run.feature.id);
      const opened = await deps.models.open(model);
      if (opened.provider !== "demo" && !run.unsandboxed && !run.sandboxed)
        return { kind: "failed", reason: NOT_ALLOWED };

      const conversation = await takeUp(run, deps.blobs);
      const prompt = await readPrompt(deps.prompts, "worker");
      const payer: AgentPayer = {
        run,
        prices: deps.prices,
        limits,
        rateLimitInlineMs: run.input.rateLimitInlineMs,
        opened,
        model,
        role,
        system: prompt.text,
        extras: { kind: "tools", ...(run.look === undefined ? {} : { look: true }) },
        blobs: deps.blobs,
        answer: ANSWER,
      };
      const checkpoints = inOrder(run);
      const ending = await loop(payer, conversation, checkpoints, maxTurns).finally(() =>
        checkpoints.settled(),
      );
      return {
        ...ending,
        promptHash: prompt.sha256,
        transcript: await wholeTranscript(conversation, deps.blobs, opened.secrets),
      };
    },
  };
}

/** The agent also works on what it pays for. */
type AgentPayer = Payer & { run: AgentRun; blobs: BlobPort };

async function loop(
  payer: AgentPayer,
  conversation: Conversation,
  checkpoints: Checkpoints,
  maxTurns: number,
): Promise<AgentEnding> {
  for (;;) {
    const ended = await useTools(payer, conversation, checkpoints);
    if (ended !== undefined) return ended;
    if (conversation.finished !== undefined)
      return { kind: "done", summary: conversation.finished };
    if (conversation.turns >= maxTurns) {
      return withoutProgress(`No end after ${maxTurns} turns.`);
    }
    if (isFull(payer, conversation)) {
      await checkpoints.settled();
      const held = await makeRoom(payer, conversation);
      await checkpoints.keep(conversation);
      if (held !== undefined) return held;
    }
    const paid = await payForCall(payer, conversation);
    if (paid.kind !== "reply") {
      await checkpoints.keep(conversation);
      return paid;
    }
    await checkpoints.settled();
    conversation.messages.push(...paid.reply.messages);
    conversation.turns += 1;
    const stuck = readAnswer(conversation, paid.reply.cut);
    await checkpoints.keep(conversation);
    if (stuck !== undefined) return stuck;
  }
}

/** Does what the last answer asks for; a call without result is made (again). @returns how the attempt ends before its end. */
async function useTools(
  payer: AgentPayer,
  conversation: Conversation,
  checkpoints: Checkpoints,
): Promise<AgentEnding | undefined> {
  const { run, opened } = payer;
  const calls = talk.pendingCalls(conversation.messages);
  for (const call of calls) {
    if (run.signal.aborted) return { kind: "stopped" };
    await checkpoints.settled();
    await run.assertOwner();
    const result = await useTool(run, call.name, call.input);
    if (result.stopped === true) return { kind: "stopped" };
    const picture = await keepPicture(payer, result.picture);
    talk.addResult(conversation, call, scrub(result.text, opened.secrets), picture);
    if (result.finished !== undefined) conversation.finished = result.finished;
    const repeated = noteResult(conversation, call, result);
    await checkpoints.begin(conversation, result.dirty, (tree) => {
      noteState(conversation, call, result, tree);
    });
    if (repeated !== undefined) return withoutProgress(repeated);
  }
  if (calls.length === 0 || conversation.finished !== undefined) return undefined;
  if (isAboutToJudge(conversation)) await checkpoints.settled();
  const reason = judgeProgress(conversation);
  return reason === undefined ? undefined : withoutProgress(reason);
}

const withoutProgress = (reason: string): AgentEnding => ({
  kind: "failed",
  reason,
  stop: "no-progress",
});

/** As the model is shown it, in the store; nothing where it takes none. */
async function keepPicture(
  { model, blobs }: AgentPayer,
  picture: Buffer | undefined,
): Promise<{ sha256: string } | undefined> {
  const id = parseModelId(model);
  if (picture === undefined || id === undefined || !seesPictures(id)) return undefined;
  const shown = cropPicture(picture, PICTURE_RATIO);
  return shown.byteLength > PICTURE_BYTES ? undefined : blobs.put(shown, "look.png");
}

/** An answer without tools ends the work when it says something, and is asked to go on when it does not. */
function readAnswer(conversation: Conversation, cut: boolean): AgentEnding | undefined {
  if (talk.pendingCalls(conversation.messages).length > 0) {
    conversation.idle = 0;
    return undefined;
  }
  const summary = talk.lastWords(conversation.messages);
  if (summary !== "" && !cut) {
    conversation.finished = summary.slice(0, 4_000);
    return undefined;
  }
  conversation.idle += 1;
  if (conversation.idle >= IDLE_ANSWERS) {
    return withoutProgress(`No progress: ${IDLE_ANSWERS} answers without words or tools.`);
  }
  const nudge = cut
    ? "your answer was cut off at its limit. Go on in smaller steps."
    : "go on with the tools, or call finish when the feature is complete.";
  // An empty answer is refused by providers when it is sent back.
  if (summary === "" && conversation.messages.at(-1)?.role === "assistant")
    conversation.messages.pop();
  conversation.messages.push({ role: "user", content: talk.NUDGE + nudge });
  return undefined;
}

/** Goes on with an earlier conversation, or begins one; adds what people and checks have said since. */
async function takeUp(run: AgentRun, blobs: BlobPort): Promise<Conversation> {
  const earlier = talk.conversationFrom(run.resumed?.state);
  const conversation = earlier ?? talk.newConversation(await run.brief());
  if (run.resumed?.ended === "failed") countAnew(conversation);
  const said: string[] = [];
  if (earlier !== undefined && run.resumed?.treeLost === true) said.push(TREE_LOST);
  const notes = run.input.notes.filter((note) => !conversation.notes.includes(talk.hashOf(note)));
  if (notes.length > 0) said.push(noteMessage(notes));
  const { repair } = run.input;
  if (repair !== undefined && repair.round > conversation.repairRound) {
    const evidence = Buffer.from(await blobs.get(repair.evidence.sha256)).toString("utf8");
    said.push(repairMessage(repair, evidence));
    conversation.repairRound = repair.round;
    countAnew(conversation);
  }
  if (said.length === 0) return conversation;
  // Providers refuse a call without its result, so those still open are answered first.
  for (const call of talk.pendingCalls(conversation.messages)) {
    talk.addResult(conversation, call, "not run: the work was interrupted");
  }
  delete conversation.finished;
  conversation.notes.push(...notes.map((note) => talk.hashOf(note)));
  conversation.messages.push({ role: "user", content: said.join("\n\n") });
  await run.checkpoint(conversation, false);
  return conversation;
}

function countAnew(conversation: Conversation): void {
  const { seen } = conversation.progress ?? noProgressYet();
  const progress = { ...noProgressYet(), seen };
  Object.assign(conversation, { turns: 0, idle: 0, failing: { call: "", times: 0 }, progress });
}

/** Also what notes took the place of. */
async function wholeTranscript(
  { earlier = [], messages }: Conversation,
  blobs: BlobPort,
  secrets: readonly string[],
): Promise<string> {
  const before = await Promise.all(
    earlier.map((sha256) =>
      blobs.get(sha256).then(
        (bytes) => Buffer.from(bytes).toString("utf8"),
        () => "(an earlier part is not on this host)\n",
      ),
    ),
  );
  return [...before, scrub(talk.transcriptOf(messages), secrets)].join("\n");
}

const TREE_LOST =
  "The workspace was made anew from the current state of the branch, so it may differ from what you saw. Look at it again and go on.";

const NOT_ALLOWED =
  "A real model may run commands on this machine only in a sandbox, and none works here: npx missions doctor says why. Start the mission with --unsandboxed to allow it anyway, or use --demo or script features.";

const noModel = (featureId: string) =>
  failure(
    FAILURE.modelUnknown,
    `Nothing says which model does feature ${featureId}. Set model_routing.workers in the plan, or routing: {workers: provider/model} in settings.yaml.`,
    true,
  );
