import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { packageRoot } from "../../config/package-root.js";

const MAP = /sourceMappingURL=data:application\/json;charset=utf-8;base64,([A-Za-z0-9+/=]+)/;

describe("the workflow bundle as it was built", () => {
  it("names files by their place in the repository, and no folder that another build would not have", async () => {
    const code = await readFile(join(packageRoot(), "dist", "workflow-bundle.js"), "utf8");
    const map = Buffer.from(MAP.exec(code)?.[1] ?? "", "base64").toString("utf8");
    const { file, sources } = JSON.parse(map) as { file: string; sources: string[] };
    expect(file).toBe("workflow-bundle.js");
    expect(sources).toContain("workflows/mission.ts");
    for (const text of [code, map]) {
      expect(text).not.toContain(packageRoot());
      expect(text).not.toMatch(/dist\.\d/);
    }
  });
});
