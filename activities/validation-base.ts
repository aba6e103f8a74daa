/** The commit from which a milestone began, checked out when first asked of, and what commands say there. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Step, StepKind } from "../domain/detection.js";
import { withInstalls } from "../domain/detection/folders.js";
import type { Check } from "../domain/plan.js";
import type { BaseRun } from "../domain/validation-findings.js";
import { searchCodebase } from "./codebase-search.js";
import { detectIn, detectInFolders } from "./repository-tests.js";
import { type CommandPlace, runOnce } from "./validation-command.js";
import { countTests } from "../domain/test-counts.js";
import { openBaseMemory } from "./validation-memory.js";
import { passesAnyway } from "./validation-plant.js";

/** A run that passes now and then must be seen to fail. */
const TRIES = 3;

export interface MilestoneBase {
  commit: string;
  /** What a test or lint command says there; undefined where the base has no such command, or could not be installed. @param isFlaky it may pass by chance. */
  saysOf(run: string, by: Step["by"], isFlaky: boolean): Promise<BaseRun | undefined>;
  /** What tests there, by commands that are not among these. */
  testsBesides(steps: readonly Step[]): Promise<Step[]>;
  /** Whether it is run there. `new`: no such command there; `missing`: its program is not there either. */
  state(kind: StepKind, run: string, program: string): Promise<"runs" | "missing" | "new">;
  /** Whether it passes there though every test was made to fail; undefined where that says nothing. */
  passesAnyway(run: string, by: Step["by"]): Promise<BaseRun | undefined>;
  /** True for a check that passes there too. */
  passes(check: Check): Promise<boolean>;
}

/**
 * @param order.checkOut lays the commit into a folder. @param order.plant makes its tests fail. @param order.folder the engine's own, for what is remembered.
 * @param order.commands of the plan, which may run in folders that are installed first.
 * Nothing is checked out, installed or built before a command is asked of that is not remembered.
 */
export async function openMilestoneBase(order: {
  commit: string;
  folder: string;
  root: string;
  here: CommandPlace;
  commands: readonly string[];
  checkOut: (dir: string) => Promise<void>;
  plant: (dir: string) => Promise<Set<unknown>>;
}): Promise<MilestoneBase> {
  const { commit, folder, root, checkOut } = order;
  const memory = await openBaseMemory(folder, commit);
  const here: CommandPlace = {
    ...order.here,
    dir: join(root, "base"),
    home: join(root, "base-home"),
  };
  delete here.putBack;
  let making: ReturnType<typeof make> | undefined;
  const make = async () => {
    await mkdir(here.home, { recursive: true });
    await checkOut(here.dir);
    const top = await detectIn(here.dir);
    const inFolders = await detectInFolders(here.dir, order.commands, top);
    return { steps: withInstalls(top, inFolders) };
  };
  const made = () => (making ??= make());
  /** Programs that are not there, by what was to be installed or built with them. */
  const lacking = new Map<string, string>();
  /** As far as it can be: what fails here fails in what is asked too. */
  const prepare = async () => {
    let isInstalled = true;
    for (const { kind, run } of (await made()).steps) {
      if (kind !== "install" && kind !== "build") continue;
      const { passed, missing } = await runOnce(run, here, here.commandMs);
      if (missing !== undefined) lacking.set(run, missing);
      if (kind === "install") isInstalled &&= passed;
    }
    return isInstalled;
  };
  let planting: Promise<Set<unknown>> | undefined;
  let preparing: ReturnType<typeof prepare> | undefined;
  const prepared = () => (preparing ??= prepare());
  const once = async (run: string, timeoutMs = here.commandMs): Promise<BaseRun> => {
    const { passed, ended, output } = await runOnce(run, here, timeoutMs);
    const count = countTests(output);
    return { passed, ended, ...(count ?? {}) };
  };
  const own: MilestoneBase = {
    commit,
    async saysOf(run, by, isFlaky) {
      const what = `${isFlaky ? "flaky " : ""}${run}`;
      const known = memory.of(what);
      if (known !== undefined) return known;
      const { steps } = await made();
      // A command of the plan needs no manifest; what the repository named later was not there yet.
      if (by !== "plan" && !steps.some((step) => step.run === run)) return undefined;
      const isInstalled = await prepared();
      let said = await once(run);
      for (let n = 1; isFlaky && said.passed && n < TRIES; n += 1) said = await once(run);
      // A registry that did not answer says nothing about the code: what failed for it excuses nobody.
      if (!isInstalled && !said.passed) return undefined;
      await memory.keep(what, said);
      return said;
    },
    async testsBesides(steps) {
      const tests = (await made()).steps.filter(({ kind }) => kind === "test");
      return tests.filter(({ run }) => !steps.some((step) => step.run === run));
    },
    async state(kind, run, program) {
      const { steps } = await made();
      if (!steps.some((step) => step.kind === kind && step.run === run)) return "new";
      await prepared();
      const isEarly = kind === "install" || kind === "build";
      const missing = isEarly
        ? lacking.get(run)
        : (await runOnce(run, here, here.commandMs)).missing;
      return missing === program ? "missing" : "runs";
    },
    async passesAnyway(run, by) {
      const known = memory.of(`anyway ${run}`);
      if (known !== undefined) return known;
      if (planting === undefined && (await own.saysOf(run, by, false))?.passed !== true)
        return undefined;
      planting ??= order.plant(here.dir);
      if ((await planting).size === 0) return undefined;
      const { steps } = await made();
      const found = await passesAnyway(run, here, { steps, timeoutMs: here.commandMs });
      const said = { passed: found !== undefined, ended: found?.ended ?? "failed" };
      await memory.keep(`anyway ${run}`, said);
      return said;
    },
    async passes(check) {
      const { verify } = check;
      const what = JSON.stringify(verify);
      const known = memory.of(what);
      if (known !== undefined) return known.passed;
      const said = await see();
      const isKnown = said.passed || verify.method !== "bash" || (await prepared());
      if (isKnown) await memory.keep(what, said);
      return said.passed;

      async function see(): Promise<BaseRun> {
        await made();
        if (verify.method === "codebase") {
          const { kind } = await searchCodebase(here.dir, verify.pattern, verify.path, here.signal);
          return { passed: kind === "found", ended: kind };
        }
        if (verify.method !== "bash") return { passed: false, ended: "not asked" };
        await prepared();
        const { timeoutSeconds } = verify;
        return once(verify.run, timeoutSeconds === undefined ? undefined : timeoutSeconds * 1_000);
      }
    },
  };
  return own;
}
