/** One feature, from its first slice to its commit. A workflow of its own, because a person opens it in the Web UI. */
import { CancellationScope, setCurrentDetails, setHandler } from "@temporalio/workflow";
import type { FeatureInput, FeatureResult } from "./feature-input.js";
import { openFeatureWork } from "./feature-work.js";
import { browserQaFeature } from "./features/browser-qa.js";
import { codeFeature } from "./features/code.js";
import { manualFeature } from "./features/manual.js";
import { hear } from "./hear.js";
import * as messages from "./messages.js";
import { tell } from "./tell.js";
import { onCancelRequest } from "./on-cancel-request.js";

/** Never throws and is never left cancelled half-way: every ending settles the slice it holds. */
export async function featureWorkflow(input: FeatureInput): Promise<FeatureResult> {
  return CancellationScope.nonCancellable(async (): Promise<FeatureResult> => {
    const work = openFeatureWork(input);
    let reportTo: string | undefined;
    hear(messages.grantsSignal, { grants: "list", totals: "object" }, work.receive);
    hear(
      messages.featurePauseSignal,
      { paused: "boolean", drain: "boolean" },
      ({ paused, drain }) => {
        work.pause(paused, drain);
      },
    );
    setHandler(messages.featureInterruptSignal, work.interrupt);
    setHandler(messages.featureLapseSignal, work.lapse);
    setHandler(messages.featureResumeSignal, work.resume);
    hear(messages.featureSteerSignal, { note: "string" }, ({ note }) => {
      work.steer(note);
    });
    hear(messages.featureStopSignal, { why: "string" }, ({ why }) => {
      work.stop(why);
    });
    hear(messages.reportBySignalSignal, { to: "string" }, ({ to }) => {
      reportTo = to;
    });
    onCancelRequest(() => {
      work.stop("cancelled in the Web UI");
    });

    const result = await bodyOf(input)(work);
    setCurrentDetails(result.note === undefined ? result.kind : `${result.kind}: ${result.note}`);
    if (reportTo !== undefined) {
      const ended = { featureId: input.ref.featureId, result };
      await tell(reportTo, messages.featureEndedSignal, ended);
      // A grant that crossed the withdrawal on its way.
      await work.settle();
    }
    return result;
  });
}

function bodyOf({ kind, agent }: FeatureInput) {
  if (kind === "browser-qa") return browserQaFeature;
  return agent === "manual" ? manualFeature : codeFeature;
}
