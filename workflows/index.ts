/** Exactly the registered workflows; the entry of the bundle. */
import { setWorkflowOptions } from "@temporalio/workflow";
import { featureWorkflow } from "./feature.js";
import { milestoneWorkflow } from "./milestone.js";
import { missionWorkflow } from "./mission.js";
import { planningWorkflow } from "./planning.js";

// Our own bug ends the run with its reason instead of retrying its task for ever; a determinism violation is none of these
// and waits for the right code. The guard is left out on purpose: an account must not end by a bug.
const bugs = [TypeError, RangeError, ReferenceError];
setWorkflowOptions({ failureExceptionTypes: bugs }, missionWorkflow);
setWorkflowOptions({ failureExceptionTypes: bugs }, milestoneWorkflow);
setWorkflowOptions({ failureExceptionTypes: bugs }, featureWorkflow);
setWorkflowOptions({ failureExceptionTypes: bugs }, planningWorkflow);

export { featureWorkflow, milestoneWorkflow, missionWorkflow, planningWorkflow };
export { budgetGuardWorkflow } from "./guard.js";
export { pulseWorkflow } from "./pulse.js";
