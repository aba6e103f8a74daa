import type { Command } from "@commander-js/extra-typings";
import { hoursCap, percent, tokensCap, usdCap } from "./amounts.js";
import type { Launch } from "./launch.js";
import { atDeadline, onAlert } from "./limit-options.js";

export function addCommanding(program: Command, launch: Launch): void {
  program
    .command("approve")
    .description("Approves the plan of a mission that waits for it.")
    .usage("[mission] [options]")
    .argument("[mission...]")
    .option("--note <text>", "kept with the approval")
    .action(launch(async () => (await import("../commands/approve.js")).runApprove));
  program
    .command("decide")
    .description("Answers a gate: a question that a mission waits for.")
    .usage("[mission] <gate> <choice> [options]")
    .argument("[words...]")
    .option("--note <text>", "kept with the decision")
    .action(launch(async () => (await import("../commands/decide.js")).runDecide));
  program
    .command("pause")
    .description("Stops new work at once and running attempts after their call in flight.")
    .usage("[mission] [options]")
    .argument("[mission...]")
    .option("--drain", "let running work finish what it reserved")
    .option("--reason <text>", "kept with the decision")
    .action(launch(async () => (await import("../commands/pause.js")).runPause));
  program
    .command("resume")
    .description("Goes on with a paused mission, or starts a queued one now.")
    .usage("[mission] [options]")
    .argument("[mission...]")
    .action(launch(async () => (await import("../commands/resume.js")).runResume));
  program
    .command("adjust-budget")
    .description(
      "Changes caps and deadline while the mission runs; a cap below what is spent stops it now.",
    )
    .usage("[mission] [options]")
    .argument("[mission...]")
    .option("--usd <usd>", "money cap in USD", usdCap("--usd"))
    .option("--hours <hours>", "cap of active time in hours", hoursCap("--hours"))
    .option("--tokens <tokens>", "token cap, as 500000, 500k or 2M", tokensCap("--tokens"))
    .option("--alert-at <pct>", "alert threshold in percent", percent)
    .addOption(onAlert())
    .option("--deadline <time>", 'as for start; "none" takes it away')
    .option("--zone <zone>", "IANA time zone of the deadline; default: this machine's")
    .addOption(atDeadline())
    .option("--yes", "do not ask, even if this stops the mission")
    .action(launch(async () => (await import("../commands/adjust-budget.js")).runAdjustBudget));
  program
    .command("steer")
    .description("Tells the agents something.")
    .usage("[mission] <note> [options]")
    .argument("[words...]")
    .option("--feature <id>", "only the agent of this feature")
    .action(launch(async () => (await import("../commands/steer.js")).runSteer));
  program
    .command("retry")
    .description("Tries a blocked feature again.")
    .usage("[mission] <feature> [options]")
    .argument("[words...]")
    .action(launch(async () => (await import("../commands/retry.js")).runRetry));
  program
    .command("skip")
    .description("Leaves a feature out, by a recorded decision.")
    .usage("[mission] <feature> [options]")
    .argument("[words...]")
    .option("--reason <text>", "kept with the decision")
    .action(launch(async () => (await import("../commands/skip.js")).runSkip));
  program
    .command("cancel")
    .description("Ends a mission for good; what was made so far is kept.")
    .usage("[mission] [options]")
    .argument("[mission...]")
    .option("--reason <text>", "kept with the decision")
    .option("--yes", "do not ask")
    .action(launch(async () => (await import("../commands/cancel.js")).runCancel));
}
