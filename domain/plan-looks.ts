/** A plan without what needs a browser, for machines that have none. Pure. */
import type { Plan, PlanFeature, PlanMilestone } from "./plan.js";

/** App, flows, looks at milestones and all checks in a browser are left out; the rest is as it was. */
export function withoutLooks({ app: _app, flows: _flows, ...plan }: Plan): Plan {
  const looks = new Set(
    plan.milestones
      .flatMap(({ features }) => features)
      .filter(({ kind }) => kind === "browser-qa")
      .map(({ id }) => id),
  );
  const gone = new Set(
    plan.milestones.flatMap(({ checks }) => checks.filter(isLook).map(({ id }) => id)),
  );
  const withoutGone = (feature: PlanFeature): PlanFeature => ({
    ...feature,
    dependsOn: feature.dependsOn.filter((id) => !looks.has(id)),
    checks: feature.checks.filter((check) => !isLook(check)),
    ...(feature.serves === undefined
      ? {}
      : { serves: feature.serves.filter((id) => !gone.has(id)) }),
  });
  return {
    ...plan,
    milestones: plan.milestones.map(({ ui: _ui, ...milestone }) => ({
      ...milestone,
      checks: milestone.checks.filter((check) => !isLook(check)),
      features: milestone.features.filter(({ id }) => !looks.has(id)).map(withoutGone),
    })),
  };
}

const isLook = ({ verify }: PlanMilestone["checks"][number]) => verify.method === "browser";
