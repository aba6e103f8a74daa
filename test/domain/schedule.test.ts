import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { FeatureOutline, FeatureStatus } from "../../domain/mission.js";
import {
  aheadOf,
  explainWait,
  hasEnded,
  isStuck,
  mayResume,
  startable,
  type ScheduleInput,
} from "../../domain/schedule.js";
import { aFeature, aPlan, folders, plans } from "./schedule-fixture.js";

const isBusy = (status: FeatureStatus | undefined) =>
  status === "queued" || status === "running" || status === "integrating";
const segments = (path: string) => path.split("/").filter((part) => part !== "" && part !== ".");
const meet = (a: FeatureOutline, b: FeatureOutline) =>
  a.touches.length === 0 ||
  b.touches.length === 0 ||
  a.touches.some((x) =>
    b.touches.some((y) => {
      const [p, q] = [segments(x), segments(y)];
      return (
        `${q.join("/")}/`.startsWith(`${p.join("/")}/`) ||
        `${p.join("/")}/`.startsWith(`${q.join("/")}/`)
      );
    }),
  );

function checkBoard(plan: ScheduleInput) {
  const busy = plan.features.filter(({ id }) => isBusy(plan.statuses[id]));
  const code = busy.filter(({ kind }) => kind === "code");
  const places = plan.mode === "poc" && plan.overlaps ? 1 : plan.atOnce.code;
  expect(code.length).toBeLessThanOrEqual(places);
  expect(busy.length - code.length).toBeLessThanOrEqual(plan.atOnce.other);
  for (const { dependsOn } of busy) {
    for (const id of dependsOn)
      expect(["done", "skipped", "earlier"]).toContain(plan.statuses[id] ?? id);
  }
  if (!plan.overlaps) return;
  code.forEach((a, i) => {
    for (const b of code.slice(i + 1)) expect(meet(a, b)).toBe(false);
  });
}

describe("the schedule", () => {
  it("keeps dependencies, windows and paths, and ends every acyclic plan in any order of completion", () => {
    fc.assert(
      fc.property(plans, fc.infiniteStream(fc.nat()), (plan, chance) => {
        const draw = () => (chance.next().value as number | undefined) ?? 0;
        for (let step = 0; !hasEnded(plan); step++) {
          expect(step).toBeLessThan(500);
          for (const id of startable(plan, 1 + (draw() % 5))) {
            expect(explainWait(plan, id)).toBeUndefined();
            plan.statuses[id] = "queued";
          }
          checkBoard(plan);
          const busy = plan.features.filter(({ id }) => isBusy(plan.statuses[id]));
          expect(busy.length).toBeGreaterThan(0);
          expect(isStuck(plan)).toEqual([]);
          const id = busy[draw() % busy.length]?.id ?? "";
          const next: Partial<Record<FeatureStatus, FeatureStatus>> = {
            queued: "running",
            running: draw() % 4 === 0 ? "skipped" : "integrating",
          };
          plan.statuses[id] = next[plan.statuses[id] ?? "pending"] ?? "done";
        }
        expect(startable(plan, 10)).toEqual([]);
        expect(aheadOf(plan, 10)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it("says why each pending feature waits when nothing more may start", () => {
    fc.assert(
      fc.property(plans, (plan) => {
        for (const id of startable(plan, Infinity)) plan.statuses[id] = "running";
        for (const { id } of plan.features) {
          expect(explainWait(plan, id) === undefined).toBe(plan.statuses[id] === "running");
        }
      }),
    );
  });

  it("reports as stuck exactly what an ending without the blocked features leaves pending", () => {
    fc.assert(
      fc.property(
        plans,
        fc.array(fc.nat(24)),
        fc.constantFrom("blocked" as const, "cancelled" as const),
        (plan, losers, status) => {
          for (const n of losers) if (n < plan.features.length) plan.statuses[`f${n}`] = status;
          const stuck = isStuck(plan);
          for (let next = startable(plan, 1); next.length > 0; next = startable(plan, 1)) {
            for (const id of next) plan.statuses[id] = "done";
          }
          const pending = plan.features
            .map(({ id }) => id)
            .filter((id) => plan.statuses[id] === undefined);
          expect(stuck).toEqual(pending);
          expect(hasEnded(plan)).toBe(
            pending.length === 0 && losers.every((n) => n >= plan.features.length),
          );
        },
      ),
    );
  });

  it("explains dependencies, paths and windows in words", () => {
    const plan = aPlan(
      [
        aFeature("1.1", { touches: ["src"] }),
        aFeature("1.2", { touches: ["src/api/"] }),
        aFeature("1.3", { dependsOn: ["1.1", "1.2", "0.9"], kind: "research" }),
        aFeature("1.4", { touches: ["docs"] }),
        aFeature("1.5", { touches: [] }),
      ],
      { atOnce: { code: 1, other: 1 } },
    );
    expect(startable(plan, 9)).toEqual(["1.1"]);
    plan.statuses = { "1.1": "running" };
    expect(explainWait(plan, "1.2")).toBe("overlaps with 1.1 in src/api");
    expect(explainWait(plan, "1.3")).toBe("waits for 1.1 (running), 1.2 (pending)");
    expect(explainWait(plan, "1.4")).toBe("window full (1 code feature)");
    expect(explainWait(plan, "1.5")).toBe("overlaps with 1.1 in src");
    expect(explainWait(plan, "1.1")).toBeUndefined();
    expect(explainWait(plan, "nobody")).toBeUndefined();
  });

  it("treats a prefix as folders, not as letters, and a feature without paths as touching everything", () => {
    const together = (a: string[], b: string[]) =>
      startable(aPlan([aFeature("a", { touches: a }), aFeature("b", { touches: b })]), 9).length ===
      2;
    expect(together(["src/a"], ["src/ab"])).toBe(true);
    expect(together(["src/ab"], ["src/a"])).toBe(true);
    expect(together(["src/a"], ["src/a"])).toBe(false);
    expect(together(["src/a"], ["./src//a/b"])).toBe(false);
    expect(together(["x", "src/a/b"], ["src/a/"])).toBe(false);
    expect(together([], ["src"])).toBe(false);
    expect(together(["."], ["src"])).toBe(false);
    expect(together(["../.."], ["src"])).toBe(false);
    expect(together([], [])).toBe(false);
  });

  it("lets kinds without code run beside any path, and folders of their own run beside each other", () => {
    const features = [
      aFeature("a", { touches: [] }),
      aFeature("b", { touches: [] }),
      aFeature("r", { kind: "research" }),
    ];
    expect(startable(aPlan(features), 9)).toEqual(["a", "r"]);
    expect(startable(aPlan(features, { overlaps: false, mode: "poc" }), 9)).toEqual([
      "a",
      "b",
      "r",
    ]);
  });

  it("passes over what is not ready without giving it a place", () => {
    const plan = aPlan([aFeature("a"), aFeature("b")], { atOnce: { code: 1, other: 1 } });
    expect(startable(plan, 9, (id) => id === "b")).toEqual(["b"]);
    expect(startable(plan, 0)).toEqual([]);
  });

  it("looks ahead: ready ones first, then those whose dependencies are under way, never further", () => {
    const plan = aPlan([
      aFeature("a"),
      aFeature("b", { dependsOn: ["a"] }),
      aFeature("c", { dependsOn: ["b"] }),
      aFeature("d", { touches: ["a"] }),
    ]);
    plan.statuses = { a: "running" };
    expect(aheadOf(plan, 9)).toEqual(["d", "b"]);
    expect(aheadOf(plan, 1)).toEqual(["d"]);
    expect(aheadOf(plan, 0)).toEqual([]);
  });

  it("gives a waiting feature its place back only when path and window are free", () => {
    const plan = aPlan([
      aFeature("a", { touches: ["src"] }),
      aFeature("b", { touches: ["src/x"] }),
    ]);
    plan.statuses = { a: "waiting", b: "running" };
    expect(mayResume(plan, "a")).toBe(false);
    plan.statuses["b"] = "done";
    expect(mayResume(plan, "a")).toBe(true);
    expect(mayResume(plan, "nobody")).toBe(false);
  });

  it("notices features added to the list while it runs, and is not fooled by names every object has", () => {
    const plan = aPlan([
      aFeature("constructor"),
      aFeature("toString", { dependsOn: ["constructor", "valueOf"] }),
    ]);
    expect(startable(plan, 9)).toEqual(["constructor"]);
    plan.features.push(aFeature("fix", { dependsOn: ["toString"] }));
    expect(explainWait(plan, "fix")).toBe("waits for toString (pending)");
  });

  it("starts a thousand features in plan order", () => {
    const features = Array.from({ length: 1_000 }, (_, i) =>
      aFeature(`f${i}`, { dependsOn: i > 2 ? [`f${i - 3}`] : [] }),
    );
    const plan = aPlan(features);
    const order: string[] = [];
    for (let next = startable(plan, 3); next.length > 0; next = startable(plan, 3)) {
      order.push(...next);
      for (const id of next) plan.statuses[id] = "done";
    }
    expect(order).toEqual(features.map(({ id }) => id));
  });
});

describe("paths that a feature was seen to change", () => {
  it("count as declared from then on, for it and against others", () => {
    const plan = aPlan([aFeature("a", { touches: ["a"] }), aFeature("b", { touches: ["b"] })], {
      statuses: { a: "running" },
      touched: { a: ["b/deep/file.ts"] },
    });
    expect(startable(plan, 5)).toEqual([]);
    expect(explainWait(plan, "b")).toBe("overlaps with a in b/deep/file.ts");
    expect(startable({ ...plan, touched: {} }, 5)).toEqual(["b"]);
  });

  it("never let more features start, whatever they are", () => {
    fc.assert(
      fc.property(plans, fc.array(folders, { maxLength: 3 }), (plan, paths) => {
        const touched = Object.fromEntries(plan.features.map(({ id }) => [id, paths]));
        const free = startable(plan, 100);
        const held = startable({ ...plan, touched: paths.length === 0 ? {} : touched }, 100);
        expect(held.length).toBeLessThanOrEqual(free.length);
      }),
    );
  });
});
