import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { CheckedConstraints } from "../../domain/plan.js";
import {
  makeFolder,
  makeMission,
  makeUserRepository,
  removeAll,
  userGit,
  writeFiles,
} from "./mission-fixture.js";

let root: string;
let judged = 0;
let repo: string;
beforeEach(async () => {
  root = await makeFolder();
  repo = await makeUserRepository(root);
  await writeFiles(repo, {
    "package.json": JSON.stringify({ dependencies: { known: "1" } }),
    "part/package.json": JSON.stringify({ dependencies: { shared: "1" } }),
  });
  await userGit(repo, "add", "-A");
  await userGit(repo, "commit", "-q", "-m", "Second");
});
afterEach(() => removeAll(root));

/** What the engine says of a change under these constraints. */
async function judge(checked: CheckedConstraints, files: Record<string, string>, gone?: string) {
  const scope = { non_goals: [], constraints: [], checked };
  const mission = await makeMission(join(root, `${++judged}`), repo, { plan: { scope } });
  const workspace = await mission.prepare("1.1");
  const { tree } = mission.place(workspace);
  await writeFiles(tree, files);
  if (gone !== undefined) await rm(join(tree, gone));
  const outcome = await mission.check("1.1", workspace);
  const { sha256 } = outcome.evidence ?? {};
  const evidence = sha256 === undefined ? "" : String(await mission.blobs.get(sha256));
  return { ...outcome, said: evidence };
}

const manifest = (...names: string[]) =>
  JSON.stringify({ dependencies: Object.fromEntries(names.map((name) => [name, "1"])) });
const lock = (packages: Record<string, object>) => JSON.stringify({ lockfileVersion: 3, packages });

describe("checked constraints of a plan", () => {
  it("are checked on every code feature, also one without checks of its own", async () => {
    const all = {
      protected_paths: ["src/legacy"],
      no_new_dependencies: true,
      licences: ["MIT"],
      forbidden: ["Stripe"],
    };
    const outcome = await judge(all, { "src/new.txt": "stripes are fine\n" });
    expect(outcome).toMatchObject({ passed: true, ran: 4, failed: [], unseen: [] });
    expect(outcome.said).toContain("PASS constraint-paths: Nothing changes in src/legacy");
  });

  it("fail on a protected file that was changed, made or removed, whatever its case", async () => {
    const paths = { protected_paths: ["SRC"] };
    expect((await judge(paths, { "src/a.txt": "x\n" })).said).toContain("changed: src/a.txt");
    expect(await judge(paths, {}, "src/a.txt")).toMatchObject({ failed: ["constraint-paths"] });
    expect(await judge({ protected_paths: ["README.md"] }, { "src/b": "x" })).toMatchObject({
      passed: true,
    });
  });

  it("name a new dependency, and not one that another manifest had already", async () => {
    const none = { no_new_dependencies: true };
    const added = await judge(none, { "package.json": manifest("known", "left-pad") });
    expect(added).toMatchObject({ passed: false, failed: ["constraint-dependencies"] });
    expect(added.said).toContain("left-pad (package.json)");
    expect(await judge(none, { "package.json": manifest("shared") })).toMatchObject({
      passed: true,
    });
    expect((await judge(none, { "package.json": "{" })).said).toContain("cannot be read");
  });

  it.each([
    ["pyproject.toml", '[project]\ndependencies = ["Requests>=2", "./local"]\n', "requests"],
    ["requirements-dev.txt", "# tools\n-r other.txt\nblack==1 # why\n", "black"],
    ["Cargo.toml", '[dependencies]\nserde = "1"\nown = { path = "../own" }\n', "serde"],
    ["go.mod", "module x\nrequire (\n\tgithub.com/a/b v1.2.3\n)\n", "github.com/a/b"],
    ["Gemfile", 'gem "rails", "~> 7"\ngem "own", path: "own"\n', "rails"],
    ["composer.json", '{"require": {"php": ">=8", "a/b": "1"}}', "a/b"],
  ])("read %s", async (path, content, name) => {
    const { said } = await judge({ no_new_dependencies: true }, { [path]: content });
    const found = said.split("\n").slice(2);
    expect(found).toEqual([`${name} (${path})`]);
  });

  it("hold licences that lock files and installed packages state, and say what was not seen", async () => {
    const mit = { licences: ["MIT", "ISC"] };
    const files = {
      ".gitignore": "node_modules\n",
      "package.json": manifest("known", "a"),
      "package-lock.json": lock({
        "node_modules/a": { license: "MIT" },
        "node_modules/a/node_modules/b": { license: "(GPL-3.0 OR ISC)" },
      }),
    };
    expect(await judge(mit, files)).toMatchObject({ passed: true, unseen: [] });
    const viral = lock({ "node_modules/a": { license: "GPL-3.0" } });
    expect((await judge(mit, { ...files, "package-lock.json": viral })).said).toContain(
      "FAIL constraint-licences: New dependencies are under MIT or ISC\nheld against the change by the engine\na (package.json): GPL-3.0",
    );
    const { "package-lock.json": _, ...unlocked } = files;
    const silent = await judge(mit, unlocked);
    expect(silent).toMatchObject({ passed: true, ran: 0, unseen: ["constraint-licences"] });
    expect(silent.said).toContain("NOT SEEN constraint-licences");
    expect(silent.said).toContain("a (package.json): no licence seen");
    const installed = { "node_modules/a/package.json": '{"license": "MIT"}' };
    expect(await judge(mit, { ...unlocked, ...installed })).toMatchObject({ ran: 1, unseen: [] });
  });

  it("find forbidden words in added lines only, also where attributes hide a file", async () => {
    const words = { forbidden: ["acme", "two"] };
    const files = { ".gitattributes": "* -diff\n", "src/b.txt": "call ACME now\n" };
    const outcome = await judge(words, files);
    expect(outcome).toMatchObject({ failed: ["constraint-forbidden"] });
    expect(outcome.said).toContain("acme in src/b.txt: call ACME now");
    expect(await judge(words, { "src/a.txt": "one\nthree\n" })).toMatchObject({ passed: true });
  });
});
