/** npm, pnpm, yarn and bun: installed as the lock file says, then the scripts that are there. */
import type { Step } from "../detection.js";
import { factsOf, type Manifests } from "../interview/repository-facts.js";

const DEPENDENCIES = ["dependencies", "devDependencies", "optionalDependencies", "workspaces"];

type Manager = "npm" | "pnpm" | "yarn" | "bun";

/** With a lock file that must not change; without one nothing is written down. */
const INSTALLS: Record<Manager, (names: ReadonlySet<string>, texts: Manifests) => string> = {
  npm: (names) =>
    names.has("package-lock.json") || names.has("npm-shrinkwrap.json")
      ? "npm ci --no-audit --no-fund"
      : "npm install --no-audit --no-fund --no-package-lock",
  pnpm: (names) => `pnpm install --${names.has("pnpm-lock.yaml") ? "" : "no-"}frozen-lockfile`,
  yarn: (names, texts) => {
    const isLocked = names.has("yarn.lock");
    if (isBerry(names, texts)) return `yarn install --${isLocked ? "" : "no-"}immutable`;
    return `yarn install ${isLocked ? "--frozen-lockfile" : "--no-lockfile"}`;
  },
  bun: (names) =>
    names.has("bun.lock") || names.has("bun.lockb")
      ? "bun install --frozen-lockfile"
      : "bun install --no-save",
};

export function javascriptSteps(names: ReadonlySet<string>, texts: Manifests): Step[] {
  if (!names.has("package.json")) return [];
  // Of the JavaScript at the top alone: other toolchains have their own rows.
  const { packageManager, buildCommand, lintCommand, testCommand } = factsOf([...names], {
    ...(texts["package.json"] === undefined ? {} : { "package.json": texts["package.json"] }),
  });
  if (!isManager(packageManager)) return [];
  const step = (kind: Step["kind"], run: string | undefined): Step[] =>
    run === undefined ? [] : [{ kind, run, by: "repository" }];
  const needsPackages = DEPENDENCIES.some((field) => hasEntries(texts, field));
  return [
    ...(needsPackages || names.has("pnpm-workspace.yaml")
      ? [
          {
            kind: "install" as const,
            run: INSTALLS[packageManager](names, texts),
            by: "convention" as const,
          },
        ]
      : []),
    ...step("build", buildCommand),
    ...step("lint", lintCommand),
    ...step("test", testCommand),
  ];
}

const isManager = (name: string | undefined): name is Manager =>
  name !== undefined && Object.hasOwn(INSTALLS, name);

/** Yarn 2 and later, which knows other options. */
const isBerry = (names: ReadonlySet<string>, texts: Manifests): boolean =>
  names.has(".yarnrc.yml") ||
  /^__metadata:/m.test(texts["yarn.lock"] ?? "") ||
  /"packageManager"\s*:\s*"yarn@(?:[2-9]|\d\d)/.test(texts["package.json"] ?? "");

function hasEntries(texts: Manifests, field: string): boolean {
  try {
    const found = (JSON.parse(texts["package.json"] ?? "{}") as Record<string, unknown> | null)?.[
      field
    ];
    return typeof found === "object" && found !== null && Object.keys(found).length > 0;
  } catch {
    return false; // npm will say so itself
  }
}
