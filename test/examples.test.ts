import { describe, expect, it } from "@jest/globals";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { childEnvironment } from "../domain/confinement.js";
import type { Check } from "../domain/plan.js";
import { readPlanFile } from "../store/plan-file.js";

const root = join(import.meta.dirname, "../examples");

describe("the examples", () => {
  it("are plans that may be run, and are explained", async () => {
    const entries = await readdir(root, { withFileTypes: true });
    const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["existing-repo", "thirty-features"]));
    const readme = await readFile(join(root, "README.md"), "utf8");
    for (const name of names) {
      const { plan } = await readPlanFile(join(root, name, "plan.yaml"));
      expect(plan.title).not.toBe("");
      expect(readme).toContain(`examples/${name}/plan.yaml`);
    }
  });

  it.each(["existing-repo", "thirty-features"])(
    "have checks that fail before the work of %s and pass after it",
    async (name) => {
      const { plan } = await readPlanFile(join(root, name, "plan.yaml"));
      const repository = await mkdtemp(join(tmpdir(), "missions-example-"));
      const env = childEnvironment(process.env["PATH"] ?? "", repository);
      const git = (...args: string[]) => execFileSync("git", args, { cwd: repository, env });
      const passes = ({ verify }: Check) =>
        verify.method !== "bash" ||
        spawnSync("sh", ["-c", verify.run], { cwd: repository, env }).status === 0;
      try {
        git("init", "-q");
        await writeFile(join(repository, "notes.txt"), "Notes\n");
        git("add", ".");
        for (const milestone of plan.milestones) {
          for (const feature of milestone.features) {
            const checks = feature.checks.filter(({ verify }) => verify.method === "bash");
            expect([feature.id, checks.filter(passes)]).toEqual([feature.id, []]);
            for (const command of feature.commands ?? []) {
              execFileSync("sh", ["-c", command], { cwd: repository, env });
            }
            expect([feature.id, checks.filter((check) => !passes(check))]).toEqual([
              feature.id,
              [],
            ]);
            expect(changedOutside(git("status", "--porcelain", "-uall"), feature.touches)).toEqual(
              [],
            );
            git("add", ".");
            git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", feature.title);
          }
          expect(milestone.checks.filter((check) => !passes(check))).toEqual([]);
        }
      } finally {
        await rm(repository, { recursive: true, force: true });
      }
    },
  );
});

function changedOutside(status: Buffer, touches: string[]): string[] {
  const changed = status
    .toString()
    .split("\n")
    .filter((line) => line.startsWith("??"));
  return changed.map((line) => line.slice(3)).filter((path) => !touches.includes(path));
}
