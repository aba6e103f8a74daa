/** `start`: everything is looked at first, then made, then started; what was made is taken back when a step fails. */
import { createHash, randomInt } from "node:crypto";
import { join, resolve } from "node:path";
import type { Client } from "@temporalio/client";
import { withLock } from "../../config/lock.js";
import { missionIdFrom } from "../../domain/ids.js";
import type { Plan } from "../../domain/plan.js";
import { EXIT, Problem, type ExitCode } from "../../domain/problem.js";
import { readMissionRecord, type MissionRecord } from "../../store/mission-record.js";
import { readPlanFile } from "../../store/plan-file.js";
import { canonicalPlanJson } from "../../store/plan-yaml.js";
import { webUiLink, withClient, type Context } from "../context.js";
import { agreeUnsandboxed, askApproval, type Approval } from "../start/approval.js";
import { withDeadline } from "../start/deadline.js";
import { closingLines, closingOf } from "../start/closing.js";
import { demoPlanPath, ensureDemoModel } from "../start/demo.js";
import { sayHeadless, sayStarted } from "../start/first-words.js";
import { undoOnInterrupt } from "../start/interrupt.js";
import { settleModels } from "../start/key-setup.js";
import { makeMission, readHomeQueue } from "../start/make-mission.js";
import { missionInputFrom } from "../start/mission-input.js";
import { needModels } from "../start/models.js";
import { checkOptions, overridesOf, type StartOptions } from "../start/options.js";
import { choosePlaces } from "../start/places.js";
import { createUndo, type Undo } from "../start/undo.js";

export async function runStart(
  context: Context,
  goal: string[],
  options: StartOptions,
): Promise<ExitCode> {
  checkOptions(goal, options, new Date());
  const undo = createUndo();
  const endGuard = undoOnInterrupt(context, undo);
  let started: Started;
  try {
    started = await startFrom(context, options, undo);
  } catch (error) {
    await takeBack(context, undo);
    throw error;
  } finally {
    endGuard();
  }
  return afterStart(context, options, started);
}

async function takeBack(context: Context, undo: Undo): Promise<void> {
  const failure = await undo.all();
  if (failure !== undefined) context.output.note(`Not everything could be taken back: ${failure}`);
}

/** Two starts of one id come one after the other, so that the second finds what the first made, or all of it taken back. */
function oneAtATime<T>(
  context: Context,
  missionId: string,
  undo: Undo,
  make: () => Promise<T>,
): Promise<T> {
  const lock = join(context.paths.run, `start-${missionId}.lock`);
  const onWait = ({ pid }: { pid: number }) => {
    context.output.note(`Process ${pid} is starting mission ${missionId}; waiting for it.`);
  };
  return withLock(lock, { waitMs: 60_000, onWait }, async () => {
    try {
      return await make();
    } catch (error) {
      await takeBack(context, undo);
      throw error;
    }
  });
}

interface Started {
  record: MissionRecord;
  approval: Approval;
  plan: Plan;
}

async function startFrom(context: Context, options: StartOptions, undo: Undo): Promise<Started> {
  const { environment, paths, by } = context;
  const read = async (given: StartOptions) => {
    const path =
      given.demo === true ? demoPlanPath() : resolve(environment.callerFolder, given.plan ?? "");
    const { plan } = await readPlanFile(path, overridesOf(given));
    return withDeadline(plan, given, new Date());
  };
  const missionId = options.id ?? newMissionId();
  // The demo stays out of the repository that it is called from.
  const homeless = options.homeless ?? (options.demo === true && options.repo === undefined);
  const asked = { repo: options.repo, homeless };
  let { plan, deadlineSpanMs } = await read(options);
  let isDemo = options.demo === true;
  const known = await readMissionRecord(paths.state, missionId);
  if (known !== undefined) requireSamePlan(known, plan);
  let places =
    known === undefined ? await choosePlaces(context, plan, missionId, asked) : undefined;

  let models: string[] = [];
  if (!isDemo) {
    const settled = await settleModels(context, plan);
    if (settled.kind === "demo") {
      isDemo = true;
      ({ plan, deadlineSpanMs } = await read({ demo: true }));
      places = await choosePlaces(context, plan, missionId, { homeless: true });
    } else ({ plan, models } = settled);
  }
  const unsandboxed = await agreeUnsandboxed(context, models, options);
  const demoApproval = options.queue === true ? "queued" : "approved";
  const approval = isDemo
    ? demoApproval
    : await askApproval(context, plan, options, deadlineSpanMs);
  const approved = approval !== "waits";
  const queued = approval === "queued";
  if (isDemo) {
    context.output.note(
      "Demo: the model's replies are canned; server, git, tests and ledger are real.",
    );
    await ensureDemoModel(context, undo);
    await needModels(context, plan);
  }
  if (places?.existing?.dirty === true) {
    context.output.note(
      `${places.existing.root} has uncommitted changes; the mission starts from its last commit.`,
    );
  }
  // From here on a server is needed; what is refused above is refused before Temporal's client is even loaded.
  const [{ up }, { describe, startMission }, { ensurePulse }] = await Promise.all([
    import("./up.js"),
    import("../missions.js"),
    import("../queue/pulse-schedule.js"),
  ]);
  await up({ environment }, (line) => {
    context.output.note(line);
  });

  const start = async (client: Client) => {
    const found = await readMissionRecord(paths.state, missionId);
    if (found !== undefined) requireSamePlan(found, plan);
    const record =
      found ??
      (await makeMission(
        context,
        { missionId, plan, places, approved, isDemo, unsandboxed },
        undo,
      ));
    const homeQueue = environment.workersElsewhere ? undefined : await readHomeQueue(paths);
    const { planHash } = record;
    const { atOnce } = options;
    const given = { missionId, planHash, approved, by, atOnce, homeQueue, deadlineSpanMs, queued };
    const { started } = await startMission(client, missionInputFrom(plan, given)).catch(
      async (error: unknown) => {
        // An answer that got lost is no failure: what the mission stands on must not be taken back under it.
        const run = await describe(client, missionId).catch(() => undefined);
        if (run === undefined) throw error;
        return { started: true };
      },
    );
    undo.keep();
    if (queued) await ensurePulse(client);
    if (!started) context.output.note(`Mission ${missionId} was started before; this shows it.`);
    const known = started ? approval : wordOf(record.status);
    return { record, approval: known === "waits" ? approval : known, plan };
  };
  return withClient(context, (client) => oneAtATime(context, missionId, undo, () => start(client)));
}

/** Of a mission that was started before. */
const wordOf = (status: MissionRecord["status"]): Approval =>
  status === "planning" ? "waits" : status === "queued" ? "queued" : "approved";

const newMissionId = () =>
  missionIdFrom(new Date(), Array.from({ length: 6 }, () => randomInt(36).toString(36)).join(""));

const hashOfPlan = (plan: Plan) =>
  createHash("sha256").update(canonicalPlanJson(plan)).digest("hex");

function requireSamePlan(known: MissionRecord, plan: Plan): void {
  if (known.planHash === hashOfPlan(plan)) return;
  throw new Problem(
    EXIT.notNow,
    `Mission ${known.missionId} exists already, with another plan.`,
    `Change it with: npx missions replan ${known.missionId} --plan FILE; or start under another --id.`,
  );
}

async function afterStart(
  context: Context,
  options: StartOptions,
  { record, approval, plan }: Started,
): Promise<ExitCode> {
  const { output } = context;
  const { missionId } = record;
  if (options.headless === true) return sayHeadless(context, record, plan, approval);
  if (approval !== "approved" || options.detach === true)
    return sayStarted(context, record, approval);
  const { codeOf, followMission, wayBack } = await import("../live-view.js");
  return withClient(context, async (client) => {
    const ending = await followMission(context, client, missionId, {
      demo: record.demo === true,
      quiet: output.json,
    });
    if (ending.how === "left") {
      for (const line of wayBack(missionId)) output.note(line);
      return codeOf(ending);
    }
    const last = (await readMissionRecord(context.paths.state, missionId)) ?? record;
    const closing = closingOf(last, ending.last, await webUiLink(context, missionId));
    output.answer(closing, closingLines(closing));
    return codeOf(ending);
  });
}
