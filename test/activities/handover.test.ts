import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { existsSync } from "node:fs";
import { chmod, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder, makeMission, removeAll, writeFiles } from "./mission-fixture.js";

let root: string;
beforeEach(async () => {
  root = await makeFolder();
});
afterEach(() => removeAll(root));

describe("handing files over", () => {
  it("moves hand-over files into the mission folder once, cleaned, scrubbed and never through a link", async () => {
    const mission = await makeMission(root, undefined, { secret: "hunter2hunter2" });
    const workspace = await mission.prepare("1.1");
    const { handover } = mission.place(workspace);
    await writeFiles(handover, {
      "scripts/run.sh": "#!/bin/sh\necho hunter2hunter2\n",
      "assets/deep/er/Pic ture*.svg": "<svg/>",
      "research/.hidden": "x",
      "other/x.txt": "not one of the four",
    });
    await chmod(join(handover, "scripts/run.sh"), 0o755);
    await writeFile(join(root, "outside"), "outside");
    await symlink(join(root, "outside"), join(handover, "scripts/link"));
    await symlink(root, join(handover, "agents"));
    const files = ["assets/deep/er/Pic_ture_.svg", "research/_hidden", "scripts/run.sh"];
    const first = await mission.commit("1.1", workspace);
    expect([...first.files].sort()).toEqual(files);
    expect((await mission.commit("1.1", workspace)).files).toEqual(first.files);
    const script = join(mission.record.folder, "scripts/run.sh");
    expect(await readFile(script, "utf8")).toBe("#!/bin/sh\necho [secret]\n");
    expect((await stat(script)).mode & 0o777).toBe(0o755);
    expect(existsSync(join(mission.record.folder, "agents"))).toBe(false);
    expect(existsSync(join(mission.record.folder, "scripts/link"))).toBe(false);
  });

  it("keeps the files of two features that hand over the same name apart", async () => {
    const mission = await makeMission(root, undefined);
    for (const id of ["1.1", "1.2"]) {
      const workspace = await mission.prepare(id);
      await writeFiles(mission.place(workspace).handover, { "scripts/run.sh": id });
      await mission.commit(id, workspace);
    }
    const read = (name: string) => readFile(join(mission.record.folder, "scripts", name), "utf8");
    expect(await read("run.sh")).toBe("1.1");
    expect(await read("run-1.2.sh")).toBe("1.2");
  });
});
