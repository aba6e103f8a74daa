import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { execFile } from "node:child_process";
import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { pushRefusal } from "../../../activities/adapters/forges/push-errors.js";
import { pushBranches } from "../../../activities/adapters/forges/push.js";
import type { ForgePlace } from "../../../domain/forge-place.js";
import { makeFolder, makeUserRepository, removeAll, userGit } from "../mission-fixture.js";
import { type GitServer, serveGit } from "./git-server.js";

const TOKEN = "token-that-nobody-may-see";
const BASE = "mission/m-20260304-abc123";
const HEAD = `${BASE}-1.1`;

let root: string;
let repo: string;
let bare: string;
let server: GitServer;
beforeEach(async () => {
  root = await makeFolder();
  repo = await makeUserRepository(root);
  bare = join(root, "served", "octo", "hello.git");
  await mkdir(bare, { recursive: true });
  await userGit(bare, "init", "-q", "--bare");
  await userGit(bare, "config", "http.receivepack", "true");
  server = await serveGit(join(root, "served"), TOKEN);
});
afterEach(async () => {
  await server.close();
  await removeAll(root);
});

const place = (): ForgePlace => ({
  kind: "github",
  host: server.url.slice("http://".length),
  project: "octo/hello",
  apiUrl: server.url,
  gitUrl: `${server.url}/octo/hello.git`,
});
const push = (
  branches: { name: string; commit: string }[],
  more: { token?: string; path?: string } = {},
) =>
  pushBranches({
    host: { path: more.path ?? process.env["PATH"] ?? "", home: join(root, "no-home") },
    place: place(),
    token: more.token ?? TOKEN,
    gitDir: join(repo, ".git"),
    branches,
    signal: new AbortController().signal,
  });
const commit = async (name: string) => {
  await writeFile(join(repo, name), name);
  await userGit(repo, "add", "-A");
  await userGit(repo, "commit", "-q", "-m", name);
  return userGit(repo, "rev-parse", "HEAD");
};
const heads = async () =>
  (await userGit(bare, "for-each-ref", "--format=%(refname:short) %(objectname)")).split("\n");
const problem = (run: Promise<unknown>) =>
  run.then(
    () => {
      throw new Error("it was taken");
    },
    (error: unknown) => {
      const { name, message, remedy = "" } = error as Error & { remedy?: string };
      return `${name}: ${message} ${remedy}`;
    },
  );

describe("a push to a forge", () => {
  it("makes the branches and moves them forward, and nothing else", async () => {
    const first = await commit("a");
    const second = await commit("b");
    await push([
      { name: BASE, commit: first },
      { name: HEAD, commit: second },
    ]);
    expect(await heads()).toEqual([`${BASE} ${first}`, `${HEAD} ${second}`]);
    await push([
      { name: BASE, commit: second },
      { name: HEAD, commit: second },
    ]);
    await push([{ name: BASE, commit: second }]);
    expect(await heads()).toEqual([`${BASE} ${second}`, `${HEAD} ${second}`]);
    expect([...server.users]).toEqual(["x-access-token"]);
  });

  it("shows the token in no argument, environment or file", async () => {
    const seen = join(root, "seen");
    const bin = join(root, "bin");
    await mkdir(bin);
    const { stdout } = await promisify(execFile)("sh", ["-c", "command -v git"]);
    const spy = `#!/bin/sh\n{ printf '%s\\n' "$@"; env; } >>'${seen}'\nexec '${stdout.trim()}' "$@"\n`;
    await writeFile(join(bin, "git"), spy);
    await chmod(join(bin, "git"), 0o755);
    await push([{ name: BASE, commit: await commit("a") }], {
      path: `${bin}:${process.env["PATH"] ?? ""}`,
    });
    expect(await readFile(seen, "utf8")).toContain("push");
    const { stdout: found } = await promisify(execFile)("grep", ["-rlF", TOKEN, root]).catch(
      (error: unknown) => error as { stdout: string },
    );
    expect(found).toBe("");
    expect(await readdir(root)).not.toContain("no-home");
  });

  it("is never forced: commits that somebody else put there stay", async () => {
    const ours = await commit("a");
    await userGit(repo, "checkout", "-q", "--orphan", "other");
    const theirs = await commit("theirs");
    await userGit(repo, "push", "-q", bare, `${theirs}:refs/heads/${BASE}`);
    expect(await problem(push([{ name: BASE, commit: ours }]))).toMatch(
      /^Problem: .*has commits that the engine does not have.*git fetch origin/,
    );
    expect(await heads()).toEqual([`${BASE} ${theirs}`]);
  });

  it("says what refused it", async () => {
    const commitId = await commit("a");
    const once = () => problem(push([{ name: BASE, commit: commitId }]));
    expect(await problem(push([{ name: BASE, commit: commitId }], { token: "expired" }))).toMatch(
      /^Problem: .*refused the token\..*npx missions key set github --host/,
    );
    const hook = join(bare, "hooks", "pre-receive");
    const refuseBy = async (words: string) => {
      await writeFile(hook, `#!/bin/sh\necho "${words}" >&2\nexit 1\n`);
      await chmod(hook, 0o755);
      return once();
    };
    expect(await refuseBy("No branches on Fridays")).toMatch(
      new RegExp(
        `^Problem: A hook or rule of .* refused ${BASE}\\. It says: No branches on Fridays`,
      ),
    );
    expect(await refuseBy("GH006: Protected branch update failed for refs/heads/x.")).toMatch(
      /^Problem: A protection rule of .*--forge local/,
    );
    expect(await refuseBy("GH013: Repository rule violations found")).toMatch(/a secret, perhaps/);
    expect(await heads()).toEqual([""]);
  });

  it("tells what a person has to mend from what passes", async () => {
    const commitId = await commit("a");
    const answered = (status: number, headers?: Record<string, string>) => {
      server.refuse = { status, ...(headers === undefined ? {} : { headers }) };
      return problem(push([{ name: BASE, commit: commitId }]));
    };
    expect(await answered(403)).toMatch(/^Problem: .*may not do this in octo\/hello/);
    expect(await answered(404)).toMatch(/^Problem: .*has no repository octo\/hello/);
    expect(await answered(302, { location: "http://127.0.0.1:9/octo/hello.git" })).toMatch(
      /^Problem: octo\/hello has moved/,
    );
    expect(await answered(503)).toMatch(/^ForgeUnavailable: /);
    await server.close();
    server.refuse = { status: 500 };
    expect(await problem(push([{ name: BASE, commit: commitId }]))).toMatch(/^ForgeUnavailable: /);
    server = await serveGit(join(root, "served"), TOKEN);
  });

  it("knows the words of forges", () => {
    const said = (stderr: string, why = "(pre-receive hook declined)") => {
      const stdout = `To x\n!\t${"a".repeat(40)}:refs/heads/${BASE}\t[remote rejected] ${why}\n`;
      return String(pushRefusal(place(), { stdout, stderr })?.message);
    };
    expect(said("remote: This repository was archived so it is read-only.")).toMatch(/is archived/);
    expect(
      said(
        "remote: x",
        "(refusing to allow a Personal Access Token to create or update workflow `.github/workflows/ci.yml` without `workflow` scope)",
      ),
    ).toMatch(/changes a workflow file/);
    expect(
      said(
        "remote: GitLab: You are not allowed to push code to protected branches on this project.",
      ),
    ).toMatch(/protection rule/);
    expect(said("remote: error: GH001: Large files detected.")).toMatch(/larger than it allows/);
    expect(said("remote: fatal: bad\u001b[31m words")).not.toContain("\u001b");
  });
});
