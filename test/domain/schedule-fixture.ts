/** Plans for the schedule: one's own, and any acyclic one. */
import fc from "fast-check";
import type { FeatureKind, FeatureOutline } from "../../domain/mission.js";
import type { ScheduleInput } from "../../domain/schedule.js";

export const aFeature = (id: string, more: Partial<FeatureOutline> = {}): FeatureOutline => ({
  id,
  title: id,
  kind: "code",
  agent: "script",
  dependsOn: [],
  touches: [id],
  estimate: { microUsd: 0, tokens: 0 },
  ...more,
});
export const aPlan = (
  features: FeatureOutline[],
  more: Partial<ScheduleInput> = {},
): ScheduleInput => ({
  features,
  statuses: {},
  atOnce: { code: 3, other: 10 },
  mode: "full",
  overlaps: true,
  ...more,
});

export const folders = fc.constantFrom("a", "a/b", "a/b/c", "ab", "./b/", "b//c", "c");
export const plans: fc.Arbitrary<ScheduleInput> = fc
  .record({
    drafts: fc.array(
      fc.record({
        kind: fc.constantFrom<FeatureKind>("code", "code", "research", "email"),
        touches: fc.array(folders, { maxLength: 2 }),
        dependsOn: fc.array(fc.nat(100), { maxLength: 3 }),
      }),
      { maxLength: 25 },
    ),
    code: fc.integer({ min: 1, max: 4 }),
    other: fc.integer({ min: 1, max: 3 }),
    mode: fc.constantFrom("full" as const, "poc" as const),
    overlaps: fc.boolean(),
    backwards: fc.boolean(),
  })
  .map(({ drafts, code, other, mode, overlaps, backwards }) => {
    const features = drafts.map(({ kind, touches, dependsOn }, i) =>
      // Only on lower numbers, so acyclic; the plan's order may still be any.
      aFeature(`f${i}`, {
        kind,
        touches,
        dependsOn: i === 0 ? ["earlier"] : dependsOn.map((n) => `f${n % i}`),
      }),
    );
    return aPlan(backwards ? features.reverse() : features, {
      atOnce: { code, other },
      mode,
      overlaps,
    });
  });
