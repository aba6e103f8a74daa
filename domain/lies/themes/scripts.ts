/** Scripts of package.json, Makefiles, tox and shell files. */
import { baseName, type Change, type ChangedFile, isCi, textOf } from "../changed-file.js";
import type { Hit } from "../kinds.js";
import { languageOf } from "../reading/source.js";
import { compareCommands, commandsOf, type Scripts } from "./commands-kept.js";

const CHECKS =
  /test|lint|check|type|tsc|verify|valid|(?:^|[-:])ci(?:$|[-:])|cover|e2e|spec|format|audit|qa|build|prepublish/i;

export function scriptHits(file: ChangedFile, change: Change): Hit[] {
  const { path } = file;
  const name = baseName(path);
  if (typeof file.before !== "string" || typeof file.after !== "string") return [];
  if (name === "package.json") return packageScripts(path, file.before, file.after);
  if (/^(?:GNU)?[Mm]akefile$|\.mk$|^[Jj]ustfile$/.test(name))
    return targets(path, file.before, file.after);
  if (/^(?:Docker|Container)file/.test(name))
    return told(
      path,
      compareCommands("the image", recipesOf(file.before), recipesOf(file.after), none),
    ).filter(({ kind }) => kind === "exit-swallowed" || kind === "retries-added");
  const isShell =
    /(?:^|\/)\.husky\/[^_.]/.test(path) ||
    languageOf(path) === "shell" ||
    /^#!.*\b(?:ba|z|da)?sh\b/.test(file.before);
  if (isShell && isCheckScript(path, change))
    return told(path, compareCommands("the script", file.before, file.after, none));
  return [];
}

/** What an image runs while it is made. */
const recipesOf = (text: string) =>
  text
    .replace(/\\\n/g, " ")
    .split("\n")
    .flatMap((line) => /^RUN\s+(?:--\S+\s+)*(.*)/i.exec(line)?.[1] ?? [])
    .join("\n");

const none = { before: {}, after: {} };
const told = (path: string, hits: ReturnType<typeof compareCommands>): Hit[] =>
  hits.map((hit) => ({ ...hit, path }));

/** Of its name, or because a check of the plan runs it. */
export const isCheckScript = (path: string, { commands }: Change) =>
  isCi(path) ||
  /(?:^|[/._-])(?:ci|tests?|checks?|verify|validate|lint|smoke|e2e|spec|qa)(?:$|[/._-])/i.test(
    path,
  ) ||
  commands.some((command) => names(command, path));

/** Whether a command names a file. */
export const names = (command: string, path: string) =>
  command.split(/[\s"'=;&|()]+/).some((word) => word.replace(/^\.\//, "") === path);

export function scriptsOf(text: string): Scripts {
  try {
    const { scripts = {} } = JSON.parse(text) as { scripts?: Record<string, unknown> };
    return Object.fromEntries(
      Object.entries(scripts).filter(
        (entry): entry is [string, string] => typeof entry[1] === "string",
      ),
    );
  } catch {
    return {};
  }
}

function packageScripts(path: string, before: string, after: string): Hit[] {
  const scripts = { before: scriptsOf(before), after: scriptsOf(after) };
  const everywhere = Object.values(scripts.after).join(" && ");
  return Object.entries(scripts.before).flatMap(([name, line]) => {
    if (!CHECKS.test(name) || scripts.after[name] === line) return [];
    const at = `the script ${JSON.stringify(name.slice(0, 40))}`;
    const now = scripts.after[name];
    if (now !== undefined) return told(path, compareCommands(at, line, now, scripts));
    const hits = compareCommands(at, line, everywhere, scripts).filter(
      ({ kind }) => kind !== "exit-swallowed",
    );
    return commandsOf(line, scripts.before).length === 0 ? [] : told(path, hits);
  });
}

interface Target {
  name: string;
  needs: string[];
  recipe: string;
  ignored: boolean;
}

const SHELLS =
  /^(?:\.SHELLFLAGS|SHELL)\s*[:?]?=\s*(?!\S*\b(?:ba|z|da|k)?sh\b|-\w*e|.*pwsh)(.*)|^MAKEFLAGS\s*\+?=.*(?:-i|--ignore-errors|\bi\b)/m;

function targets(path: string, before: string, after: string): Hit[] {
  const now = targetsOf(after);
  const ignores = /^\.IGNORE\b/m.test(after) && !/^\.IGNORE\b/m.test(before);
  const shell = SHELLS.test(before) ? undefined : SHELLS.exec(after)?.[0];
  const all = [...(ignores ? [".IGNORE"] : []), ...(shell === undefined ? [] : [shell])].map(
    (what): Hit => ({ kind: "exit-swallowed", path, what: `${what.slice(0, 60)} hides failures` }),
  );
  const was = targetsOf(before);
  const everywhere = now.map(({ recipe }) => recipe).join("\n");
  return was.reduce((hits, target) => {
    const same = now.find(({ name }) => name === target.name);
    const at = `the target ${JSON.stringify(target.name.slice(0, 40))}`;
    if (!CHECKS.test(target.name)) return hits;
    if (same === undefined) {
      const gone = compareCommands(at, target.recipe, everywhere, none);
      hits.push(
        ...told(
          path,
          gone.filter(({ kind }) => kind === "script-narrowed"),
        ),
      );
      return hits;
    }
    const lost = target.needs.find(
      (name) =>
        CHECKS.test(name) && !same.needs.includes(name) && now.some((each) => each.name === name),
    );
    if (lost !== undefined && !same.recipe.includes(lost))
      hits.push({ kind: "script-narrowed", path, what: `${at} no longer needs ${lost}` });
    if (same.ignored && !target.ignored)
      hits.push({ kind: "exit-swallowed", path, what: `${at} hides failures (-)` });
    hits.push(...told(path, compareCommands(at, target.recipe, same.recipe, none)));
    return hits;
  }, all);
}

function targetsOf(text: string): Target[] {
  const found: Target[] = [];
  for (const line of text.split("\n")) {
    const [, name, needs = ""] = /^([\w./%-]+)\s*::?(?!=)([^;#]*)/.exec(line) ?? [];
    if (name !== undefined)
      found.push({ name, needs: needs.trim().split(/\s+/), recipe: "", ignored: false });
    const recipe = /^[\t ]+([@+-]*)(.*)$/.exec(line);
    const last = found.at(-1);
    if (recipe === null || last === undefined) continue;
    if (recipe[1]?.includes("-") === true) last.ignored = true;
    last.recipe += `${last.recipe === "" ? "" : " && "}${recipe[2] ?? ""}`;
  }
  return found;
}

/** What a check of the plan calls, where it is no test whose assertions could be compared. */
export function checkScriptHits(file: ChangedFile, change: Change, hasTests: boolean): Hit[] {
  const { path, before, after } = file;
  if (before === undefined || hasTests || !change.commands.some((command) => names(command, path)))
    return [];
  const isCheck = isCheckScript(path, { ...change, commands: [] }) || languageOf(path) === "shell";
  if (!isCheck) return [];
  const kept = new Set(textOf(after).split("\n"));
  const lost = textOf(before)
    .split("\n")
    .filter((line) => line.trim() !== "" && !kept.has(line));
  const what =
    after === undefined
      ? "a check of the plan calls it, and it is gone"
      : "a check of the plan calls it, and it was changed";
  return lost.length === 0 ? [] : [{ kind: "check-script-changed", path, what }];
}
