import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { findCycle } from "../../domain/dependencies.js";

describe("a cycle of dependencies", () => {
  it("is found whenever there is one, and is one", () => {
    const graphs = fc
      .integer({ min: 1, max: 8 })
      .chain((n) =>
        fc.array(fc.array(fc.nat(n - 1), { maxLength: 2 }), { minLength: n, maxLength: n }),
      );
    fc.assert(
      fc.property(graphs, (edges) => {
        const features = edges.map((targets, i) => ({
          id: `f${i}`,
          dependsOn: targets.map((t) => `f${t}`),
        }));
        const cycle = findCycle(features);
        const needs = (id: string) =>
          features.find((feature) => feature.id === id)?.dependsOn ?? [];
        const reach = (from: string, seen = new Set<string>()): Set<string> => {
          for (const id of needs(from)) {
            if (seen.has(id)) continue;
            seen.add(id);
            reach(id, seen);
          }
          return seen;
        };
        expect(cycle !== undefined).toBe(features.some(({ id }) => reach(id).has(id)));
        cycle?.forEach((id, i) => {
          expect(needs(id)).toContain(cycle[(i + 1) % cycle.length]);
        });
        expect(new Set(cycle).size).toBe(cycle?.length ?? 0);
      }),
    );
  });

  it("of 50,000 features is found without running out of stack", () => {
    const features = Array.from({ length: 50_000 }, (_, i) => ({
      id: `f${i}`,
      dependsOn: [`f${(i + 1) % 50_000}`],
    }));
    expect(findCycle(features)).toHaveLength(50_000);
  });
});
