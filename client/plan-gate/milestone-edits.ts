/** Asks for one change of a milestone. */
import type { Plan, PlanMilestone } from "../../domain/plan.js";
import { milestoneOf } from "../../domain/planning/edit-places.js";
import type { PlanEdit } from "../../domain/planning/edits.js";
import type { Choice } from "../terminal/ask.js";
import { partsOf, type Asking } from "./asking.js";

const BACK: Choice<"back"> = { value: "back", label: "Back" };
const ADD = "+";

/** @returns undefined when the person went back. @throws Problem interrupted on Ctrl-C. */
export async function askMilestoneEdit(asking: Asking, plan: Plan): Promise<PlanEdit | undefined> {
  const chosen = await asking.choose<string>("Which milestone?", [
    { value: ADD, label: "Add a milestone" },
    ...plan.milestones.map(({ id, title, features }) => ({
      value: id,
      label: `${id} ${title}`,
      hint: features.length === 1 ? "1 feature" : `${features.length} features`,
    })),
    BACK,
  ]);
  if (chosen === BACK.value) return undefined;
  return chosen === ADD ? askAdd(asking, plan) : askChange(asking, plan, milestoneOf(plan, chosen));
}

async function askAdd(asking: Asking, plan: Plan): Promise<PlanEdit> {
  const title = await asking.text("What is reached with it?");
  const line = await asking.text("Titles of its features, with ; between them?");
  const position = await askPlace(asking, plan, plan.milestones.length + 1);
  const parts = partsOf(line, /;/).map((each) => ({ title: each }));
  return { kind: "add-milestone", title, position, parts };
}

/** Places are named by who comes next; `last` is the end. */
async function askPlace(
  asking: Asking,
  { milestones }: Pick<Plan, "milestones">,
  last: number,
): Promise<number> {
  const place = await asking.choose<string>("Where?", [
    { value: String(last), label: "Last" },
    ...milestones.map(({ id, title }, index) => ({
      value: String(index + 1),
      label: `Before ${id} ${title}`,
    })),
  ]);
  return Number(place);
}

async function askChange(
  asking: Asking,
  plan: Plan,
  { id, title, checks, features }: PlanMilestone,
): Promise<PlanEdit | undefined> {
  const action = await asking.choose(`What about ${id} ${title}?`, [
    { value: "rename", label: "Title" },
    { value: "move", label: "Move it" },
    { value: "drop", label: "Drop it with its features" },
    BACK,
  ]);
  switch (action) {
    case "back":
      return undefined;
    case "rename":
      return {
        kind: "rename-milestone",
        milestone: id,
        title: await asking.text("Its title?", { initial: title }),
      };
    case "move": {
      const milestones = plan.milestones.filter((each) => each.id !== id);
      const position = await askPlace(asking, { milestones }, plan.milestones.length);
      return { kind: "move-milestone", milestone: id, position };
    }
    case "drop": {
      const count = checks.length + features.flatMap((feature) => feature.checks).length;
      if (count === 0) return { kind: "drop-milestone", milestone: id };
      const orphans = await asking.choose(`And its ${count} checks?`, [
        { value: "drop", label: "Drop them as well" },
        { value: "person", label: "A person looks at them in the milestone before" },
        BACK,
      ]);
      return orphans === "back" ? undefined : { kind: "drop-milestone", milestone: id, orphans };
    }
  }
}
