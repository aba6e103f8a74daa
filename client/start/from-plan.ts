/** `start --plan FILE` and `start --demo`: the plan is there, only a person's word may be missing. */
import { resolve } from "node:path";
import { withReservations } from "../../domain/agents.js";
import { withoutLooks } from "../../domain/plan-looks.js";
import { readMissionRecord } from "../../store/mission-record.js";
import { readPlanFile } from "../../store/plan-file.js";
import type { Context } from "../context.js";
import { newMissionId } from "../mission-id.js";
import { defaultAgent, knownAgents } from "./agents.js";
import { agreeUnsandboxed, askApproval } from "./approval.js";
import { browserHere } from "./browser-state.js";
import { chooseForges } from "./choose-forges.js";
import { withDeadline } from "./deadline.js";
import { demoPlanPath, ensureDemoModel } from "./demo.js";
import { settleModels } from "./key-setup.js";
import { needModels } from "./models.js";
import { overridesOf, type StartOptions } from "./options.js";
import { choosePlaces } from "./places.js";
import { requireSamePlan, type ReadyMission } from "./ready.js";
import type { Undo } from "./undo.js";

export async function readyFromPlan(
  context: Context,
  options: StartOptions,
  undo: Undo,
): Promise<ReadyMission> {
  const { environment, paths } = context;
  const unseen = await whyUnseen(context);
  const read = async (given: StartOptions) => {
    const path =
      given.demo === true ? demoPlanPath() : resolve(environment.callerFolder, given.plan ?? "");
    const { plan: written } = await readPlanFile(path, {
      ...overridesOf(given),
      agent: given.demo === true ? undefined : defaultAgent(context, given.agent),
    });
    const plan = given.demo === true && unseen !== undefined ? withoutLooks(written) : written;
    return withDeadline(withReservations(plan, knownAgents(context)), given, new Date());
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
  const ofDemo = options.queue === true ? "queued" : "approved";
  const forges =
    places === undefined
      ? undefined
      : await chooseForges(context, { plan, missionId, places, asked: options.forge });
  const shown = { deadlineSpanMs, forges: forges?.lines };
  const approval = isDemo ? ofDemo : await askApproval(context, plan, options, shown);
  if (isDemo) {
    context.output.note(
      "Demo: the model's replies are canned; server, git, tests and ledger are real.",
    );
    if (unseen !== undefined) context.output.note(`Its pages are not looked at: ${unseen}`);
    await ensureDemoModel(context, undo);
    await needModels(context, plan);
  }
  const answers: ReadyMission["answers"] = [];
  const settled = { places, forges, approval, isDemo, unsandboxed, answers };
  return { missionId, plan, deadlineSpanMs, ...settled };
}

/** Why the demo leaves its pages unseen: it is to end on every machine, where a plan of one's own would wait. */
async function whyUnseen(context: Context): Promise<string | undefined> {
  if (context.environment.workersElsewhere)
    return "workers run elsewhere, and whether they have a browser is not known here.";
  const found = await browserHere(context);
  return "why" in found ? found.why : undefined;
}
