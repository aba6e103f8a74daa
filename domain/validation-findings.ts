/** What each thing that a validation ran says about the milestone. Pure. */
import type { Step, StepKind } from "./detection.js";
import type { Finding, FindingSource, Severity } from "./findings.js";
import { notInstalled } from "./missing-tools.js";
import { extractOf } from "./output-extract.js";
import type { TestCount } from "./test-counts.js";
import type { RunEvidence } from "./validation-work.js";

/** A command, check or flow with what was seen of it. `id` is that of its evidence. */
export interface SeenRun {
  id: string;
  kind: StepKind | "check";
  by: Step["by"];
  sentence: string;
  /** The command, search or flow. */
  how: string;
  verdict: RunEvidence["verdict"];
  /** As `exit 1 in 240 ms`; why, where it was not run. */
  ended: string;
  ms: number;
  output: string;
  /** The program that was not there. */
  missing?: string;
  count?: TestCount;
  /** Its last words ask for something, and nobody answers here. */
  asks?: boolean;
  /** Programs that still ran when it had ended. */
  left?: string;
  /** Of its output, above what is kept. */
  leftOutBytes?: number;
  /** What the same said on the milestone's base. */
  base?: BaseRun;
  /** A check that must not pass before the work is done, and did. */
  provesNothing?: boolean;
  /** The milestone's base had no such command. */
  isNew?: boolean;
  /** Tested on the milestone's base, and is not named any more. */
  isLost?: boolean;
  /** Passed again when every test had been made to fail; `base` is then the same there. */
  isDeaf?: boolean;
  /** Left out because the install before it did not succeed; said there. */
  isConsequence?: boolean;
  /** An install in a folder, where all that the plan runs there passes without it. */
  isNeedless?: boolean;
}

export interface BaseRun {
  passed: boolean;
  ended: string;
  tests?: number;
  skipped?: number;
}

/** Above this it is worth a word. */
const MUCH_OUTPUT_BYTES = 16_000_000;

/** @param mayRewrite the plan lets a feature of the milestone change or remove tests (`rewrites`). */
export function findingsOf(run: SeenRun, mayRewrite: boolean): Finding[] {
  if (run.isDeaf === true) return [deafFinding(run)];
  if (run.isLost === true) return [lostFinding(run, mayRewrite)];
  return [...verdictFindings(run), ...countFindings(run, mayRewrite), ...mannerFindings(run)];
}

function verdictFindings(run: SeenRun): Finding[] {
  const { kind, verdict, base } = run;
  const own = (severity: Severity, what: string) => [
    finding(run, findingId(run), run.isNeedless === true ? "minor" : severity, what),
  ];
  if (run.isConsequence === true || verdict === "person") return [];
  if (verdict === "not-run") {
    const isNew = run.isNew === true && kind !== "lint";
    const counts = kind === "check" || run.by === "plan" || isNew;
    const which = isNew ? ", which the milestone brought," : "";
    const what = `${name(run)}${which} was not run: ${notRunBecause(run)}`;
    return own(counts ? "major" : "minor", what);
  }
  if (verdict === "flaky") {
    const isOld = base?.passed === false || kind === "install";
    const before = base?.passed === false ? ", as it does on the milestone's base" : "";
    return own(
      isOld ? "minor" : "major",
      `${name(run)} fails and passes on the same commit${before}: it is flaky.`,
    );
  }
  if (run.provesNothing === true)
    return [
      finding(
        run,
        `control/${run.id}`,
        "major",
        `${name(run)} also passes on the milestone's base, so it proves nothing: mark it alreadyTrue or make it ask for the work.`,
      ),
    ];
  if (verdict === "passed" || isWithoutTests(run)) return [];
  const { ended } = run;
  const hint = run.asks === true ? "; its last words ask for input, and nobody answers here" : "";
  if (kind === "lint") {
    const was = base?.passed === true ? "; it passed on the milestone's base" : "";
    return own(base?.passed === true ? "major" : "minor", `${name(run)} failed: ${ended}${was}.`);
  }
  const isOld = kind === "test" && base?.passed === false;
  const old = isOld ? "; it fails on the milestone's base too" : "";
  const said = kind === "install" || kind === "build" ? lastWords(run) : "";
  return own(isOld ? "major" : "critical", `${name(run)} failed: ${ended}${hint}${old}${said}.`);
}

/** Before the last line of an output, which often names a moment or a log. */
export const LAST_WORDS = "; it ended with: ";

/** What the rest of a validation waits for is worth a line of its own. */
function lastWords({ output }: SeenRun): string {
  const last = output.trimEnd().split("\n").at(-1)?.trim() ?? "";
  return last === "" ? "" : `${LAST_WORDS}${last.slice(0, 160).replace(/\.$/, "")}`;
}

/** Usual tests of a toolchain without any test, as always before: that is a project without tests. */
const isWithoutTests = ({ kind, by, count, base, verdict, ended }: SeenRun) =>
  kind === "test" &&
  by === "convention" &&
  count?.tests === 0 &&
  (base?.tests ?? 0) === 0 &&
  (verdict === "passed" || NO_TESTS_EXIT.test(ended));
/** pytest's own exit code for that; with any other, something went wrong before a test ran. */
const NO_TESTS_EXIT = /^exit 5 /;

/** Whoever passes whatever the tests say has not shown that they pass. */
function deafFinding(run: SeenRun): Finding {
  const { base } = run;
  const severity = base === undefined ? "major" : base.passed ? "minor" : "critical";
  const before =
    base === undefined ? "" : `, ${base.passed ? "as" : "other than"} on the milestone's base`;
  const what = `${name(run)} passes although every test was made to fail${before}: it runs none of them, or hides that they fail.`;
  return finding(run, run.id, severity, what, "lie");
}

function lostFinding(run: SeenRun, mayRewrite: boolean): Finding {
  const { base, ended } = run;
  const tests = base?.tests === undefined ? "" : ` with ${base.tests} tests`;
  const what = `${name(run)} passed on the milestone's base${tests}; the repository names it no more, as many tests do not run in its place, and run here it says: ${ended}.`;
  return finding(run, `fewer/${run.id}`, mayRewrite ? "minor" : "major", what, "lie");
}

function countFindings(run: SeenRun, mayRewrite: boolean): Finding[] {
  const { count, base, verdict } = run;
  if (run.kind !== "test") return [];
  if (isWithoutTests(run)) return [noTests(run.how)];
  if (verdict !== "passed" && verdict !== "flaky") return [];
  const before = base?.tests ?? 0;
  const fewer = (how: string) => {
    const what = `${name(run)} ${how}; on the milestone's base it ran ${before}.`;
    const severity = mayRewrite ? "minor" : "major";
    return [finding(run, `fewer/${run.id}`, severity, what, "lie")];
  };
  if (count === undefined) return before > 0 ? fewer("does not say how many tests it ran") : [];
  if (count.tests < before) {
    const skipped = count.skipped > (base?.skipped ?? 0) ? `, ${count.skipped} skipped` : "";
    return fewer(`ran ${count.tests} tests${skipped}`);
  }
  if (count.tests > 0) return [];
  return [finding(run, `zero/${run.id}`, "major", `${name(run)} passed and ran no test at all.`)];
}

function mannerFindings(run: SeenRun): Finding[] {
  const { left, leftOutBytes = 0 } = run;
  const said = (about: string, what: string) => finding(run, `${about}/${run.id}`, "minor", what);
  return [
    ...(left === undefined
      ? []
      : [said("left-running", `${name(run)} left ${left} running, which was ended.`)]),
    ...(leftOutBytes > MUCH_OUTPUT_BYTES
      ? [
          said(
            "output",
            `${name(run)} printed ${Math.round(leftOutBytes / 1e6)} MB: its beginning and end are kept.`,
          ),
        ]
      : []),
  ];
}

/** Of a repository in which nothing tests. */
export const noTests = (where?: string): Finding => ({
  id: "no-tests",
  severity: "minor",
  source: "tests",
  what: "The repository has no tests that the engine could find: name them in the plan's tests, or add a test script.",
  ...(where === undefined ? {} : { where }),
});

/** Checks are known by their id, commands by what they run. */
export const stepId = (kind: StepKind, run: string): string =>
  `${kind === "test" ? "tests" : kind}/${run.length <= LONG ? run : `${run.slice(0, LONG - 3)}...`}`;
const LONG = 80;

const findingId = ({ kind, id }: SeenRun) => (kind === "check" ? `check/${id}` : id);
const name = ({ kind, id, sentence, how }: SeenRun) =>
  kind === "check"
    ? `Check ${id} ${JSON.stringify(sentence.slice(0, 120))}`
    : `\`${how.slice(0, 120)}\``;

/** `ended` where no program was missing: it says why, with the remedy. */
const notRunBecause = ({ missing, ended }: SeenRun) =>
  (missing === undefined ? ended : notInstalled(missing)).replace(/[^.!?]$/, "$&.");

const finding = (
  run: SeenRun,
  id: string,
  severity: Severity,
  what: string,
  source: FindingSource = run.kind === "check" ? "check" : "tests",
): Finding => ({ id, severity, source, what, where: run.how.slice(0, 200) });

const OUTPUT_CHARACTERS = 8_000;

/** As it is kept. @param scrub takes secrets out. */
export function evidenceOf(run: SeenRun, scrub: (text: string) => string): RunEvidence {
  const { id, sentence, how, verdict, ended, ms, count, base } = run;
  const output = scrub(run.output);
  return {
    ...{ id, sentence, how: scrub(how), verdict, ended, ms: Math.round(ms) },
    ...(count === undefined ? {} : { tests: count.tests, skipped: count.skipped }),
    ...(base === undefined ? {} : { onBase: describeBase(base) }),
    output: extractOf(output, OUTPUT_CHARACTERS),
  };
}

const describeBase = ({ ended, tests, skipped = 0 }: BaseRun) =>
  [
    ...(tests === undefined ? [] : [`${tests} tests`]),
    ...(skipped === 0 ? [] : [`${skipped} skipped`]),
    ended,
  ].join(", ");
