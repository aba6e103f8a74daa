import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BrowserPort, LookOrder } from "../../activities/ports.js";
import { createValidationActivities } from "../../activities/validation.js";
import type { Check, Plan, PlanMilestone } from "../../domain/plan.js";
import type { QaFinding, QaReport } from "../../domain/qa.js";
import type { ValidationReport } from "../../domain/validation-work.js";
import {
  type Fixture,
  makeFolder,
  makeMission,
  makeUserRepository,
  removeAll,
} from "./mission-fixture.js";

let root: string;
let repo: string;
beforeEach(async () => {
  root = await makeFolder();
  repo = await makeUserRepository(root);
});
afterEach(() => removeAll(root));

const FLOWS = [
  { url: "/", name: "home" },
  { url: "/login", name: "log in" },
];
const overflow: QaFinding = {
  ...{
    rule: "overflow",
    severity: "major",
    page: "home",
    url: "http://localhost/",
    viewport: "mobile",
  },
  what: "The page is 60 px wider than the screen, says hunter2.",
};
const visit = (name: string, viewport: string) => ({
  ...{ name, viewport, url: `http://localhost/${name}`, loadMs: 5, title: name },
  picture: `assets/${name}-${viewport}.png`,
});

/** Fills the port: looks at nothing, and leaves what a look leaves. */
function browserThatSees(findings: QaFinding[], more: Partial<QaReport> = {}) {
  const orders: LookOrder[] = [];
  const browser: BrowserPort = {
    state: () => Promise.resolve({ works: true, path: "/browser", version: "1" }),
    look: async (order) => {
      orders.push(order);
      const report: QaReport = {
        ...{ version: 1, url: "http://localhost/", startedAt: "", ms: 10, ignored: [], findings },
        verdict: findings.some(({ severity }) => severity !== "minor") ? "failed" : "passed",
        visits: order.flows.flatMap(({ name }) =>
          order.viewports.map((viewport) => visit(name, viewport.name)),
        ),
        links: { checked: 0, external: 0 },
        ...more,
      };
      await mkdir(join(order.out, "assets"), { recursive: true });
      await writeFile(join(order.out, "index.html"), "<p>hunter2</p>");
      await writeFile(join(order.out, "qa-report.json"), JSON.stringify(report));
      for (const { picture = "" } of report.visits)
        await writeFile(join(order.out, picture), "picture");
      return report;
    },
  };
  return { browser, orders };
}

async function missionWith(milestone: Partial<PlanMilestone>, plan: Partial<Plan> = {}) {
  const checks = milestone.checks ?? [];
  const mission = await makeMission(root, repo, {
    milestoneChecks: checks,
    secret: "hunter2",
    plan: { app: { run: "true" }, flows: FLOWS, tests: [], ...plan },
  });
  await mission.finish("1.1", { "index.html": "hello" });
  const read = JSON.parse(
    Buffer.from(await mission.blobs.get(mission.planHash)).toString(),
  ) as Plan;
  const whole = { ...read, milestones: read.milestones.map((each) => ({ ...each, ...milestone })) };
  const { sha256 } = await mission.blobs.put(JSON.stringify(whole), "plan.json");
  return { ...mission, planHash: sha256 };
}

async function validate(mission: Fixture, browser: BrowserPort | undefined) {
  const { missionId, planHash, deps } = mission;
  const given = { ...deps, ...(browser === undefined ? {} : { browser }) };
  const { validateMilestone } = createValidationActivities(given);
  const input = { missionId, generation: 1, milestoneId: "1", planHash, commandMs: 60_000 };
  const outcome = await mission.act(validateMilestone, input);
  const content = await mission.blobs.get(outcome.report?.sha256 ?? "");
  return { outcome, report: JSON.parse(Buffer.from(content).toString()) as ValidationReport };
}

const flowCheck = (id: string, flow: string): Check => ({
  ...{ id, sentence: "It is seen", verify: { method: "browser", flow } },
});

describe("a milestone with pages", () => {
  it("is looked at once in its checkout, and its report and pictures lie in the mission folder", async () => {
    const checks = [flowCheck("1.a", "log in")];
    const mission = await missionWith({ ui: { flows: ["home"], crawl: 2 }, checks });
    const { browser, orders } = browserThatSees([]);
    const { outcome, report } = await validate(mission, browser);
    expect(outcome).toMatchObject({ passed: true, ran: 1 });
    expect(orders).toHaveLength(1);
    expect(orders[0]).toMatchObject({ flows: FLOWS, crawl: 2, external: false });
    expect(report.browser).toMatchObject({
      ...{ verdict: "passed", pages: 2, findings: 0, report: "assets/qa/1/index.html" },
    });
    const [picture] = report.browser?.pictures ?? [];
    expect(picture).toEqual({
      ...{ name: "home", viewport: "desktop", path: "assets/qa/1/assets/home-desktop.png" },
    });
    const { folder } = mission.record;
    expect(await readFile(join(folder, picture?.path ?? ""), "utf8")).toBe("picture");
    expect(await readFile(join(folder, "assets/qa/1/index.html"), "utf8")).toBe("<p>[secret]</p>");
    expect(existsSync(orders[0]?.dir ?? "")).toBe(false);
  });

  it("blocks on what a page has wrong, once for a rule and page, and fails the check of that flow", async () => {
    const checks = [flowCheck("1.a", "home"), flowCheck("1.b", "log in")];
    const mission = await missionWith({ ui: { flows: [] }, checks });
    const both = [overflow, { ...overflow, viewport: "desktop" }];
    const { outcome, report } = await validate(mission, browserThatSees(both).browser);
    expect(outcome.findings).toEqual(["check/1.a", "browser/overflow/home"]);
    expect(report.findings[1]).toMatchObject({
      ...{
        source: "browser",
        what: "home (mobile): The page is 60 px wider than the screen, says [secret].",
      },
    });
    expect(report.runs.map(({ verdict }) => verdict)).toEqual(["failed", "passed"]);
  });

  it("keeps of each look only the latest, and what passed is what the next is compared with", async () => {
    const mission = await missionWith({ ui: { flows: ["home"] } });
    const failed = browserThatSees([overflow]);
    await validate(mission, failed.browser);
    const passed = browserThatSees([], { visits: [visit("home", "desktop")] });
    await validate(mission, passed.browser);
    const { folder } = mission.record;
    expect(existsSync(join(folder, "assets/qa/1/assets/home-mobile.png"))).toBe(false);
    const third = browserThatSees([]);
    await validate(mission, third.browser);
    expect([failed, passed, third].map(({ orders }) => orders[0]?.baseline !== undefined)).toEqual([
      ...[false, false, true],
    ]);
  });

  it.each([
    ["no browser", {}, true, /this worker has no browser/],
    ["no word of how the app is started", { app: undefined }, false, /add app: \{run: \.\.\.\}/],
    ["no such flow", { flows: [] }, false, /has no flow "home"/],
  ])("blocks as not run where there is %s", async (_, plan, isWithout, why) => {
    const mission = await missionWith(
      { ui: { flows: ["home"] }, checks: [flowCheck("1.a", "home")] },
      plan,
    );
    const { browser, orders } = browserThatSees([]);
    const { outcome, report } = await validate(mission, isWithout ? undefined : browser);
    expect(orders).toEqual([]);
    expect(outcome).toMatchObject({ passed: false, findings: ["check/1.a", "browser/not-run"] });
    expect(report.runs).toMatchObject([{ verdict: "not-run", ended: expect.stringMatching(why) }]);
    expect(report.findings[1]?.what).toMatch(why);
    expect(report.browser).toMatchObject({ verdict: "not-run", why: expect.stringMatching(why) });
  });
});
