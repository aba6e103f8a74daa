/** One paid model call through the AI SDK: within the slice, booked, and patient with rate limits. */
import type { Amount, Role } from "../../domain/mission.js";
import { superseded } from "../attempt-failure.js";
import { fitCall, promptBound } from "../metering.js";
import type { AnswerTokens } from "../metering.js";
import type { PaidRun } from "../paid-run.js";
import type { BlobPort, OpenedModel, PricePort } from "../ports.js";
import { bookCall } from "./booked-call.js";
import type { Bill } from "./booked-call.js";
import { addedSize, hashOf } from "./conversation.js";
import type { Conversation } from "./conversation.js";
import { callFailure, explainCallError } from "./model-errors.js";
import type { CallProblem } from "./model-errors.js";
import { callModel, extraBytes } from "./models.js";
import type { Extras, ModelReply } from "./models.js";
import { withPictures } from "./pictures.js";
import { waitForTurn } from "./rate-limits.js";
import type { RateLimits } from "./rate-limits.js";

export type PaidCall =
  | { kind: "reply"; reply: ModelReply }
  | { kind: "needs-more"; ask: Amount }
  | { kind: "wait-until"; at: string; why: string }
  | { kind: "stopped" };

export interface Payer {
  run: PaidRun;
  prices: PricePort;
  limits: RateLimits;
  /** Waits for a rate limit up to this happen here; longer ones are the workflow's. */
  rateLimitInlineMs: number;
  opened: OpenedModel;
  model: string;
  role: Role;
  system: string;
  extras: Extras;
  answer: AnswerTokens;
  /** Where pictures of the conversation are. */
  blobs?: Pick<BlobPort, "get">;
}

/** A prompt with another set of tools has another size. */
const toolsOf = (extras: Extras) =>
  extras.kind === "tools" && extras.look === true ? ["look"] : [];

/** What a call needs of a conversation, and keeps of it for the next one. */
export type PaidConversation = Pick<Conversation, "messages" | "known">;

export async function payForCall(payer: Payer, conversation: PaidConversation): Promise<PaidCall> {
  const { run, limits, opened, model } = payer;
  let waitedMs = 0;
  for (;;) {
    const turn = await waitForTurn(limits, opened, run, payer.rateLimitInlineMs - waitedMs);
    if (turn.kind !== "go") return turn;
    waitedMs += turn.waitedMs;

    const of = hashOf(model, payer.system, ...toolsOf(payer.extras));
    const fixedBytes = Buffer.byteLength(payer.system) + extraBytes(payer.extras);
    const added = addedSize(conversation, of, fixedBytes);
    const inputTokens = promptBound(added.known, added.bytes, added.messages);
    const fit = fitCall(payer.prices, model, inputTokens, payer.answer, run.account.left());
    if (fit.kind === "short") return { kind: "needs-more", ask: fit.ask };

    const booked = await bookCall({ ...payer, worst: fit.worst }, () =>
      callOnce(payer, conversation, fit.maxOutputTokens),
    );
    if (booked.kind === "held") {
      if (booked.fence === "superseded") throw superseded();
      return { kind: "stopped" };
    }
    const { problem, reply } = booked.made;
    if (problem !== undefined) {
      if (problem.kind !== "rate-limit") throw callFailure(problem, model);
      limits.refused(opened.limitKey, run.now(), problem.untilMs);
      continue;
    }
    limits.passed(opened.limitKey, run.now());
    if (reply.usage === undefined) delete conversation.known;
    else {
      conversation.known = {
        promptTokens: reply.usage.inputTokens,
        outputTokens: reply.usage.outputTokens,
        messages: conversation.messages.length,
        of,
      };
    }
    return { kind: "reply", reply };
  }
}

type Made = { bill: Bill; requestId?: string } & (
  { problem: CallProblem; reply?: never } | { problem?: never; reply: ModelReply }
);

async function callOnce(
  { run, opened, system, extras, blobs }: Payer,
  { messages: kept }: PaidConversation,
  maxOutputTokens: number,
): Promise<Made> {
  const { languageModel } = opened;
  const messages = await withPictures(kept, blobs);
  try {
    const reply = await callModel({ languageModel, system, messages, maxOutputTokens, extras });
    const { usage, requestId } = reply;
    return { bill: usage ? { kind: "told", usage } : { kind: "worst" }, requestId, reply };
  } catch (error) {
    const problem = explainCallError(error, run.now(), opened.secrets);
    return { bill: { kind: problem.billed === "no" ? "none" : "worst" }, problem };
  }
}
