/** A feature of another host that is mended after its pull request was opened, and goes from host to host. */
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  AT,
  makeFolder,
  makeUserRepository,
  removeAll,
  userGit,
  writeFiles,
} from "./mission-fixture.js";
import { makeTwoHosts } from "./two-hosts-fixture.js";

let root: string;
let repo: string;
beforeEach(async () => {
  root = await makeFolder();
  repo = await makeUserRepository(root);
});
afterEach(() => removeAll(root));

describe("a commit that mends an earlier one", () => {
  it("stands on that one too, is taken home from another host, and the next host can start from it", async () => {
    const { home, prepare, placeOf, commit, away, deps } = await makeTwoHosts(root, repo);
    const feature = home.ref("1.1");
    const merge = ({ commit: id, bundle }: Awaited<ReturnType<typeof commit>>) =>
      home.act(home.activities.integrateFeature, {
        feature,
        commit: id,
        at: AT,
        ...(bundle === undefined ? {} : { bundle }),
      });
    const first = await prepare("1.1");
    await writeFiles(placeOf(first).tree, { "src/a.txt": "mine\n" });
    const shown = await commit("1.1", first);
    await home.finish("1.2", { "src/a.txt": "theirs\n" });
    expect((await merge(shown)).kind).toBe("conflict");
    await home.act(away.leaveHost, { feature, workspace: first });
    const again = await prepare("1.1");
    await writeFiles(placeOf(again).tree, { "src/a.txt": "both\n" });
    const mended = await commit("1.1", again, shown.commit);
    await home.finish("1.3", { "src/a.txt": "others\n" });
    expect((await merge(mended)).kind).toBe("conflict");
    const parents = await userGit(home.bare, "log", "-1", "--format=%P", mended.commit);
    expect(parents).toBe(`${again.baseCommit} ${shown.commit}`);
    await home.act(away.leaveHost, { feature, workspace: again });
    await rm(deps.paths.repositories, { recursive: true });
    const third = await prepare("1.1");
    expect(await readFile(join(placeOf(third).tree, "src/a.txt"), "utf8")).toContain("both");
  });
});
