import { Option, type Command } from "@commander-js/extra-typings";
import { atOnce, hoursCap, tokensCap, usdCap } from "./amounts.js";
import { FORGE_KINDS, GOAL_TYPES, OUTCOME_LEVELS } from "../../domain/mission.js";
import type { Launch } from "./launch.js";
import { atDeadline, onAlert } from "./limit-options.js";

export function addStarting(program: Command, launch: Launch): void {
  program
    .command("start")
    .summary("start a mission")
    .description(
      "Starts a mission from a sentence or a plan, gets server and worker up, and shows it live. A sentence is asked about, planned, and agreed on first.",
    )
    .usage("[goal...] [options]")
    .argument("[goal...]")
    .option("--plan <file>", "plan to follow: YAML, or a mission.md")
    .option("--demo", "run the example with canned model replies, everything else real")
    .option("--headless", "ask nothing; print what was made as NAME=value and end")
    .option("--approve", "approve the plan, so that work starts at once")
    .option("--yes", "the same as --approve, and answers every other question with yes")
    .option("--budget <usd>", "money cap in USD", usdCap("--budget"))
    .option("--hours <hours>", "cap of active time in hours", hoursCap("--hours"))
    .option("--tokens <tokens>", "token cap, as 500000, 500k or 2M", tokensCap("--tokens"))
    .addOption(new Option("--mode <mode>", "how careful").choices(["poc", "full"] as const))
    .option("--repo <path>", "repository to work in; a new one is made where there is none yet")
    .option("--homeless", "keep the mission out of the repository you are in")
    .option("--detach", "do not watch")
    .option("--at-once <n>", "features that run at once", atOnce)
    .addOption(onAlert())
    .option(
      "--deadline <time>",
      'no attempt starts after this: "2026-12-04 18:00", "fri 18:00", "in 9 days"',
    )
    .option("--zone <zone>", "IANA time zone of the deadline; default: this machine's")
    .addOption(atDeadline())
    .option("--agent <name>", "who does what no agent is named for, as opencode; default: builtin")
    .option("--queue", "approve the plan; work starts when fewer missions run (missions queue)")
    .addOption(new Option("--type <type>", "sort of goal; not asked").choices(GOAL_TYPES))
    .addOption(new Option("--level <level>", "how far it goes; not asked").choices(OUTCOME_LEVELS))
    .option(
      "--planning-cap <usd>",
      "what interview and planning may cost; default 2",
      usdCap("--planning-cap"),
    )
    .option("--resume-interview [id]", "go on with an interview; without an id the last one")
    .option("--interview <id>", "plan what an interview found out (missions interview start)")
    .option("--id <id>", "id of the mission; the same start twice starts one")
    .addOption(
      new Option("--forge <where>", "pull requests; default: where `origin` is").choices(
        FORGE_KINDS,
      ),
    )
    .option("--unsandboxed", "let a real model run commands on this host without a sandbox")
    .action(launch(async () => (await import("../commands/start.js")).runStart));
}
