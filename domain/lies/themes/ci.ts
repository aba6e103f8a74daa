/** What CI runs, when, and whether a failure of it counts. */
import { type Change, type ChangedFile, isCi, textOf } from "../changed-file.js";
import type { Hit } from "../kinds.js";
import { readSettings, type Settings } from "../reading/settings.js";
import { compareCommands } from "./commands-kept.js";

const RUNS = /(?:^|\.)(?:run|script|before_script|after_script|commands|command)$/;
const CHECKING = /lint|test|codeql|check|coverage|codecov|pre-commit|audit|scan|sonar/i;

export function ciHits({ files }: Change): Hit[] {
  const changed = files.filter(
    ({ path, before }) => isCi(path) && /\.ya?ml$/.test(path) && before !== undefined,
  );
  const all = files.filter(({ path }) => isCi(path) && /\.ya?ml$/.test(path));
  const now = all.map(read("after"));
  const runsNow = now.flatMap((settings) => runsOf(settings)).join("\n");
  return changed.flatMap((file) => {
    const [before, after] = [read("before")(file), read("after")(file)];
    const { path } = file;
    const here = compareCommands("CI", runsOf(before).join("\n"), runsNow, {
      before: {},
      after: {},
    });
    const hits = here.map((hit): Hit => ({
      path,
      what: hit.what,
      kind: hit.kind === "script-narrowed" ? "ci-reduced" : hit.kind,
      ...(hit.minor === true ? { minor: true } : {}),
    }));
    const used = now.flatMap((settings) => usesOf(settings));
    const unused = usesOf(before).find((each) => CHECKING.test(each) && !used.includes(each));
    if (unused !== undefined)
      hits.push({ kind: "ci-reduced", path, what: `CI no longer uses ${unused}` });
    if (file.after !== undefined) hits.push(...switchHits(path, before, after));
    return hits;
  });
}

const read =
  (end: "before" | "after") =>
  (file: ChangedFile): Settings =>
    readSettings(file.path, textOf(file[end])) ?? new Map<string, string>();

const runsOf = (settings: Settings) =>
  [...settings].flatMap(([key, value]) => (RUNS.test(key) ? [value].flat() : []));

const usesOf = (settings: Settings) =>
  [...settings]
    .flatMap(([key, value]) => (/(?:^|\.)uses$/.test(key) ? [value].flat() : []))
    .map((each) => each.split("@")[0] ?? "");

function switchHits(path: string, before: Settings, after: Settings): Hit[] {
  const hits: Hit[] = [];
  const ci = (what: string, minor = false) => {
    hits.push({ kind: "ci-reduced", path, what, minor });
  };
  for (const [key, value] of after) {
    const was = [before.get(key) ?? []].flat();
    const added = [value].flat().filter((each) => !was.includes(each));
    if (added.length === 0) continue;
    if (
      /(?:^|\.)(?:continue-on-error|continueOnError|allow_failure|ignore_failure|soft_fail|allow_failures?)$/.test(
        key,
      ) &&
      added.some((each) => each !== "false")
    )
      hits.push({ kind: "exit-swallowed", path, what: `${key} hides failures` });
    if (/(?:^|\.)if$|(?:^|\.)when$/.test(key)) {
      const never = added.some((each) => /^(?:\$\{\{\s*)?false|^never$|^manual$/.test(each));
      ci(`${key} is ${added[0]?.slice(0, 40) ?? ""}`, !never);
    }
    if (/(?:^|\.)shell$/.test(key) && added.some((each) => /\b(?:ba)?sh \{0\}$/.test(each)))
      hits.push({ kind: "exit-swallowed", path, what: `${key} goes on after a failure` });
    if (/(?:paths-ignore|branches-ignore|except)$/.test(key))
      ci(`${key} leaves out ${added[0] ?? ""}`);
    if (/^(?:on|true)\..*(?:branches|paths)$/.test(key) && was.length === 0)
      ci(`${key} limits CI to ${added.join(" ")}`);
  }
  const events = (settings: Settings) =>
    [...settings].flatMap(([key, value]) => eventsOf(key, value));
  const gone = events(before).find((event) => !events(after).includes(event));
  if (gone !== undefined) ci(`CI no longer runs on ${gone}`);
  for (const [key, value] of before) {
    const waits = /^jobs\.(.+)\.needs$/.exec(key)?.[1];
    if (
      waits !== undefined &&
      [...after.keys()].some((each) => each.startsWith(`jobs.${waits}.`))
    ) {
      const kept = [after.get(key) ?? []].flat();
      const free = [value]
        .flat()
        .find(
          (each) =>
            CHECKING.test(each) &&
            !kept.includes(each) &&
            [...after.keys()].some((name) => name.startsWith(`jobs.${each}.`)),
        );
      if (free !== undefined) ci(`${waits} no longer waits for ${free}`);
    }
    if (!/^on\..*branches$|\bmatrix\b/.test(key) || !after.has(key)) continue;
    const left = [after.get(key) ?? []].flat();
    const lost = [value].flat().find((each) => !left.includes(each));
    if (lost !== undefined)
      ci(`${key} no longer has ${lost}`, left.length >= [value].flat().length);
  }
  return hits;
}

function eventsOf(key: string, value: string | string[]): string[] {
  if (key === "on") return [value].flat();
  const event = /^on\.(\w+)/.exec(key)?.[1];
  return event === undefined ? [] : [event];
}
