import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { makeFolder, makeUserRepository, removeAll } from "../activities/mission-fixture.js";
import {
  bash,
  missionFrom,
  packageJson as scripts,
  validate,
} from "../activities/validation-fixture.js";

let root: string;
let repo: string;
beforeEach(async () => {
  root = await makeFolder();
  repo = await makeUserRepository(root);
});
afterEach(() => removeAll(root));

describe("a check of a feature", () => {
  const check = bash("1.1.a", "sh dist/accept.sh");
  const ignored = { ".gitignore": "dist\n" };

  it("that passed by what lay about in the workspace of its agent does not let the milestone pass", async () => {
    const mission = await missionFrom({ root, repo }, ignored, {}, { featureChecks: [check] });
    const { outcome, said } = await validate(mission);
    expect(said).toContain("critical check/1.1.a");
    expect(outcome.passed).toBe(false);
  });

  it("passes where the build of a fresh checkout brings what it looks at, and is asked once", async () => {
    const built = {
      "package.json": scripts({ build: "mkdir -p dist && echo exit 0 > dist/accept.sh" }),
    };
    const same = bash("1.1.b", "sh dist/accept.sh");
    const wishes = { featureChecks: [check, same] };
    const { report } = await validate(await missionFrom({ root, repo }, ignored, built, wishes));
    expect(report.passed).toBe(true);
    expect(report.runs.map(({ id, verdict }) => `${id} ${verdict}`)).toEqual([
      "build/npm run build passed",
      "1.1.a passed",
    ]);
  });
});

describe("what a person accepted", () => {
  it("does not cover another failure of the same command that comes later", async () => {
    const fails = (name: string) => ({ "run.sh": `echo "not ok 1 - ${name}"; exit 1\n` });
    const before = { "package.json": scripts({ test: "sh run.sh" }), "run.sh": "exit 0\n" };
    const mission = await missionFrom({ root, repo }, before, fails("prices"));
    const first = await validate(mission);
    const { report } = first.outcome;
    if (report === undefined) throw new Error("there is no report");
    const accepted = [{ report, by: "Ada" }];
    expect((await validate(mission, { round: 2, accepted })).outcome.passed).toBe(true);
    await mission.finish("1.2", fails("payments"));
    const { outcome } = await validate(mission, { round: 3, accepted });
    expect(outcome.findings).toContain("tests/npm test");
    expect(outcome.passed).toBe(false);
  });
});
