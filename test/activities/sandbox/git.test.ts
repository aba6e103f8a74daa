import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { childConfinement } from "../../../activities/child-confinement.js";
import {
  makeFolder,
  makeMission,
  makeUserRepository,
  removeAll,
  userGit,
  type Fixture,
} from "../mission-fixture.js";

let root: string;
let repo: string;
let mission: Fixture;
/** Made by whatever runs where it must not. */
let trap: string;
beforeEach(async () => {
  root = await makeFolder();
  repo = await makeUserRepository(root);
  mission = await makeMission(root, repo, {
    features: [
      {
        id: "1.1",
        checks: [
          {
            id: "c",
            sentence: "s",
            verify: {
              method: "bash",
              run: "git status --short; git diff; git log -1 --format=%s; test -f work.txt",
            },
          },
        ],
      },
    ],
  });
  trap = join(root, "trap");
});
afterEach(() => removeAll(root));

/** A feature whose agent runs `command`; then its checks, its commit and the merge, as the engine does them. */
async function feature(command: string) {
  const { deps, paths, missionId } = mission;
  const workspace = await mission.prepare("1.1");
  const { tree, home, handover } = mission.place(workspace);
  expect(await deps.commands.sandbox()).toEqual({ works: true });
  const run = await deps.commands.run({
    command: `TRAP=${trap}\n${command}\necho work > work.txt`,
    cwd: tree,
    env: { HOME: home },
    timeoutMs: 60_000,
    outputLimitBytes: 64_000,
    signal: new AbortController().signal,
    confine: { ...childConfinement(paths, missionId, {}), writable: [tree, home, handover] },
  });
  const checks = await mission.check("1.1", workspace);
  const committed = await mission.commit("1.1", workspace);
  const merged =
    committed.commit === "" ? undefined : await mission.integrate("1.1", committed.commit);
  return { run, checks, committed, merged };
}

const SCRIPT = `printf '#!/bin/sh\\necho ran >> ~/inside; echo x > %s; cat\\n' $TRAP > evil.sh; chmod +x evil.sh
EVIL=$PWD/evil.sh`;

describe("an agent's repository", () => {
  it.each([
    [
      "core.hooksPath",
      "git config core.hooksPath $PWD/.h; mkdir .h; for h in pre-commit post-commit post-checkout reference-transaction post-index-change post-merge; do cp evil.sh .h/$h; done",
    ],
    [
      "hooks of its own",
      "for h in pre-commit post-commit post-checkout reference-transaction post-index-change pre-push; do cp evil.sh .git/hooks/$h 2>/dev/null || { mkdir -p .git/hooks; cp evil.sh .git/hooks/$h; }; done",
    ],
    ["core.fsmonitor", "git config core.fsmonitor $EVIL"],
    [
      "a filter driver",
      "git config filter.evil.clean $EVIL; git config filter.evil.smudge $EVIL; git config diff.evil.textconv $EVIL; git config merge.evil.driver $EVIL; echo '* filter=evil diff=evil merge=evil' > .gitattributes",
    ],
    [
      "an alias, a pager and an editor",
      'git config core.pager $EVIL; git config core.editor $EVIL; git config alias.log "!$EVIL"; git config core.sshCommand $EVIL; git config credential.helper $EVIL; git config gpg.program $EVIL; git config commit.gpgSign true',
    ],
  ])("runs %s inside at most, never where the engine works", async (_, command) => {
    const { run, committed, merged } = await feature(
      `${SCRIPT}\n${command}\ngit add -A; git status --short >/dev/null; git commit -qm mine </dev/null; true`,
    );
    expect(run.exitCode).toBe(0);
    expect(committed.commit).not.toBe("");
    expect(merged?.kind).toBe("merged");
    expect(existsSync(trap)).toBe(false);
    const branch = `mission/${mission.missionId}`;
    expect(await userGit(repo, "show", `${branch}:work.txt`)).toBe("work");
    expect(await userGit(repo, "status", "--porcelain")).toBe("");
  });

  it("leads nobody to another one by a hostile .git file or by configuration that is included", async () => {
    const { paths, missionId } = mission;
    const bare = join(paths.repositories, `${missionId}.git`);
    await mission.prepare("1.1");
    const before = await readFile(join(bare, "config"), "utf8");
    const { run, committed, merged } = await feature(
      `${SCRIPT}\nrm -rf .git; echo 'gitdir: ${bare}' > .git; git config core.fsmonitor $EVIL; git update-ref refs/heads/mission/${missionId} HEAD; rm .git
       mkdir .git; printf '[include]\\n\\tpath = ${join(paths.root, "keys.json")}\\n[core]\\n\\tworktree = ${repo}\\n\\tfsmonitor = %s\\n' $EVIL > .git/config; echo 'ref: refs/heads/x' > .git/HEAD; mkdir .git/objects .git/refs; git status`,
    );
    expect(run.output).toContain("not a git repository");
    expect(await readFile(join(bare, "config"), "utf8")).toBe(before);
    expect(committed.commit).not.toBe("");
    expect(merged?.kind).toBe("merged");
    expect(existsSync(trap)).toBe(false);
    expect(await userGit(repo, "status", "--porcelain")).toBe("");
  });

  it("fetches nothing by a submodule's ext:: address, and no repository inside is taken over", async () => {
    const { committed } = await feature(
      `${SCRIPT}\nsed -i 's/; cat//' evil.sh; printf '[submodule "x"]\\n\\tpath = x\\n\\turl = ext::%s\\n' "$EVIL" > .gitmodules; git -c protocol.ext.allow=always submodule update --init; git -c protocol.ext.allow=always clone "ext::$EVIL %S x" y; rm -rf y; git -c protocol.ext.allow=always fetch "ext::$EVIL"; git init -q x; git -C x -c user.name=x -c user.email=x@x commit -q --allow-empty -m x; true`,
    );
    expect(committed).toMatchObject({
      commit: "",
      refused: expect.stringContaining("repository of its own"),
    });
    expect(existsSync(trap)).toBe(false);
  });

  it("changes no mission's file, by its diff or by a link in its place", async () => {
    const path = `todo/missions/${mission.missionId}/mission.md`;
    for (const command of [
      `mkdir -p ${path.replace("/mission.md", "")}; echo 'status: completed' > ${path}`,
      "mkdir -p todo; ln -s / todo/missions",
    ]) {
      const { committed } = await feature(`rm -rf todo\n${command}`);
      expect(committed).toMatchObject({
        commit: "",
        refused: expect.stringContaining("the mission folder"),
      });
    }
    await feature(`echo x > ${join(repo, path)}; echo x > ${join(repo, "README.md")}`);
    expect(existsSync(join(repo, "todo"))).toBe(false);
    expect(await readFile(join(repo, "README.md"), "utf8")).toBe("hello\n");
  });
});
