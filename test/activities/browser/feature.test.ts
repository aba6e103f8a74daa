import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { LookInput, LookOutcome } from "../../../domain/work.js";
import {
  makeFolder,
  makeMission,
  makeUserRepository,
  removeAll,
  userGit,
  writeFiles,
} from "../mission-fixture.js";
import { createCommandPort } from "../../../activities/adapters/command.js";
import { browserFor, page, serving } from "./an-app.js";

let root: string;
let repo: string;
beforeEach(async () => {
  root = await makeFolder();
  repo = await makeUserRepository(root);
});
afterEach(() => removeAll(root));

/** Tried once for all missions. */
const tried = browserFor(createCommandPort({ path: process.env["PATH"] ?? "" }));
const browser = () => tried;

const plan = {
  app: { run: "exec node app.mjs", readySeconds: 20 },
  flows: [
    { url: "/", name: "shop", steps: [{ expect: "Buy here." }] },
    { url: "/", name: "sold-out", steps: [{ expect: "Sold out." }] },
  ],
};
const app = { "app.mjs": serving(page("<p>Buy here.</p>")) };

describe("a browser-qa feature", () => {
  it("hands its report and pictures over, passes what is right and names what is not", async () => {
    await writeFiles(repo, app);
    await userGit(repo, "add", "-A");
    await userGit(repo, "commit", "-q", "-m", "Shop");
    const look = { kind: "browser-qa" as const, agent: "script" };
    const mission = await makeMission(root, repo, {
      ...{ plan, browser },
      features: [
        { id: "1.1", ...look, qa: { flows: ["shop"] } },
        { id: "1.2", ...look },
      ],
    });
    const { lookAtApp } = mission.activities;
    const at = async (id: string) => {
      const workspace = await mission.prepare(id);
      const input = { feature: mission.ref(id), workspace, commandMs: 60_000 };
      return mission.act<[LookInput], LookOutcome>(lookAtApp, input);
    };
    const passed = await at("1.1");
    expect(passed).toMatchObject({ verdict: "passed", blocking: 0, worst: [] });
    expect(passed.files.slice(0, 3)).toEqual([
      "assets/qa/1.1/index.html",
      "assets/qa/1.1/qa-report.json",
      "assets/qa/1.1/assets/01-shop-desktop.png",
    ]);
    const { folder } = mission.record;
    for (const file of passed.files) expect(existsSync(join(folder, file))).toBe(true);
    const stored = String(await mission.blobs.get(passed.report?.sha256 ?? ""));
    expect(JSON.parse(stored)).toEqual(
      JSON.parse(readFileSync(join(folder, "assets/qa/1.1/qa-report.json"), "utf8")),
    );

    const failed = await at("1.2");
    expect(failed.verdict).toBe("failed");
    expect(failed.blocking).toBeGreaterThan(0);
    expect(failed.worst.join()).toContain("sold-out");
    expect(JSON.stringify(failed).length).toBeLessThan(2_000);
  });

  it("is not done where the plan has no app, or no such flow", async () => {
    const look = { kind: "browser-qa" as const, agent: "script" };
    for (const [more, why] of [
      [{}, /does not say how its app is started/],
      [{ app: plan.app }, /no flow "shop": add it under flows/],
    ] as const) {
      const features = [{ id: "1.1", ...look, qa: { flows: ["shop"] } }];
      const mission = await makeMission(root, repo, { plan: more, features, browser });
      const workspace = await mission.prepare("1.1");
      const input = { feature: mission.ref("1.1"), workspace, commandMs: 60_000 };
      const outcome = await mission.act<[LookInput], LookOutcome>(
        mission.activities.lookAtApp,
        input,
      );
      expect(outcome.verdict).toBe("not-run");
      expect(outcome.summary).toMatch(why);
    }
  });
});

describe("a check of method browser", () => {
  it("passes for what the feature brought, and never where nothing could be seen", async () => {
    const flow = (id: string, name: string) => ({
      ...{ id, sentence: name, verify: { method: "browser" as const, flow: name } },
    });
    const checks = [flow("c1", "shop"), flow("c2", "sold-out"), flow("c3", "nowhere")];
    const mission = await makeMission(root, repo, {
      ...{ plan, browser, features: [{ id: "1.1", checks }] },
    });
    const workspace = await mission.prepare("1.1");
    await writeFiles(mission.place(workspace).tree, app);
    const outcome = await mission.check("1.1", workspace);
    expect(outcome).toMatchObject({ passed: false, ran: 3, failed: ["c2", "c3"] });
    const evidence = String(await mission.blobs.get(outcome.evidence?.sha256 ?? ""));
    expect(evidence).toMatch(/PASS c1: shop\nlook at "shop" in a browser\n0 blocking findings/);
    expect(evidence).toMatch(/FAIL c2[^]*step 1 failed/);
    expect(evidence).toMatch(/FAIL c3[^]*not run: the plan has no flow "nowhere"/);
  });
});
