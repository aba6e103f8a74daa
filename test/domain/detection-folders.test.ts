import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { INSTALLS, type Step } from "../../domain/detection.js";
import {
  folderInstalls,
  foldersNamed,
  withInstalls,
  withNeedless,
} from "../../domain/detection/folders.js";
import { findingsOf, type SeenRun } from "../../domain/validation-findings.js";

describe("the folders in which commands run", () => {
  it.each([
    ["cd web && npm test", ["web"]],
    ["set -e; cd ./apps/web/ && npm test", ["apps/web"]],
    ["(cd web && npm test) && (cd 'api' && pytest)", ["web", "api", "web/api"]],
    ["cd web && npm test && cd ../api && pytest", ["web", "api"]],
    ["bash -c 'cd web && npm test'", ["web"]],
    ["npm --prefix web test", ["web"]],
    ["npm test --prefix=web", ["web"]],
    ["pnpm -C web test", ["web"]],
    ["pnpm --dir web test && make -C api test", ["web", "api"]],
    ["cd web\nnpm test", ["web"]],
  ])("are named by %j", (command, folders) => {
    expect(foldersNamed([command])).toEqual(folders);
  });

  it.each([
    "npm test",
    "cd / && ls",
    "cd .. && ls",
    "cd ../other && npm test",
    "cd web/../../other && npm test",
    "cd . && npm test",
    "cd .git && ls",
    "cd - && ls",
    "cd -P && ls",
    "cd $HOME && ls",
    'cd "$(ls)" && ls',
    "cd ~/x && ls",
    "cd we*b && ls",
    "echo abcd web",
    "npm --prefix /tmp test",
  ])("are not named by %j", (command) => {
    expect(foldersNamed([command])).toEqual([]);
  });

  it("are not named by what installs its packages itself, and each is named once", () => {
    const commands = ["cd web && npm ci && npm test", "cd api && go test", "go -C api vet"];
    expect(foldersNamed(commands, INSTALLS)).toEqual(["api"]);
  });

  it("are relative, inside, and words that a shell takes as they are", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" })), (words) => {
        const asked = words.flatMap((word) => [`cd ${word} && x`, `npm --prefix "${word}" test`]);
        for (const folder of foldersNamed(asked)) {
          expect(folder).toMatch(/^[\w.@+-]+(?:\/[\w.@+-]+)*$/);
          expect(folder.split("/").some((part) => /^(?:-.*|\.\.?|\.git)$/i.test(part))).toBe(false);
        }
      }),
    );
  });
});

const step = (kind: Step["kind"], run: string): Step => ({ kind, run, by: "convention" });

describe("the installs of a folder", () => {
  const npm = step("install", "npm ci");
  const pip = step("install", 'python3 -m venv "$HOME/venv" && "$HOME/venv/bin/pip" install x');
  const steps = [npm, pip, step("build", "npm run build"), step("test", "npm test")];
  const runs = (more: Partial<Parameters<typeof folderInstalls>[2]>) =>
    folderInstalls("web", steps, { top: [], isMember: false, ...more }).map(({ run }) => run);

  it("are all that is run there, from the top", () => {
    expect(runs({})).toEqual(["cd web && npm ci", `cd web && ${pip.run}`]);
  });

  it("leave members of a workspace and the top's own packages as the top installs them", () => {
    expect(runs({ isMember: true })).toEqual([`cd web && ${pip.run}`]);
    expect(runs({ top: [pip] })).toEqual(["cd web && npm ci"]);
  });

  it("come after the top's and before what is built", () => {
    const inFolder = folderInstalls("web", [npm], { top: [], isMember: false });
    const all = withInstalls([npm, step("build", "make")], inFolder).map(({ run }) => run);
    expect(all).toEqual(["npm ci", "cd web && npm ci", "make"]);
  });

  it.each([
    ["passed", "minor"],
    ["failed", "critical"],
    ["flaky", "critical"],
  ] as const)("block when they fail unless what runs there passes: %s", (verdict, severity) => {
    const [install] = folderInstalls("web", [npm], { top: [], isMember: false }) as [Step];
    const seen = { sentence: "", ended: "exit 1", ms: 0, output: "", by: install.by };
    const runs: SeenRun[] = [
      { ...seen, id: "install/web/npm ci", kind: "install", how: install.run, verdict: "failed" },
      { ...seen, id: "1.a", kind: "check", how: "cd web && npm test", verdict },
    ];
    const [first] = withNeedless([install], runs) as [SeenRun];
    expect(findingsOf(first, false)).toMatchObject([{ id: "install/web/npm ci", severity }]);
  });
});
