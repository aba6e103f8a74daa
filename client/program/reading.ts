import type { Command } from "@commander-js/extra-typings";
import { withoutWords, type Launch } from "./launch.js";

export function addReading(program: Command, launch: Launch): void {
  program
    .command("list")
    .description("Lists all missions, also those that ended or that this server does not know.")
    .usage("[options]")
    .action(withoutWords(launch(async () => (await import("../commands/list.js")).runList)));
  program
    .command("status")
    .description("Shows what waits for you and since when, then the whole mission.")
    .usage("[mission] [options]")
    .argument("[mission...]")
    .option("--features", "list every feature, not only those that move")
    .action(launch(async () => (await import("../commands/status.js")).runStatus));
  program
    .command("watch")
    .description("Follows a mission live. Ctrl-C leaves the view, never the mission.")
    .usage("[mission] [options]")
    .argument("[mission...]")
    .action(launch(async () => (await import("../commands/watch.js")).runWatch));
  program
    .command("why")
    .description(
      "Explains a feature (checks, attempts, decisions, commit, cost) or a milestone (rounds, findings, what it waits for). Needs no server.",
    )
    .usage("[mission] <feature or milestone> [options]")
    .argument("[words...]")
    .action(launch(async () => (await import("../commands/why.js")).runWhy));
  program
    .command("log")
    .description("Tells what happened in a mission or feature. Needs no server.")
    .usage("[mission] [feature] [options]")
    .argument("[words...]")
    .action(launch(async () => (await import("../commands/log.js")).runLog));
  program
    .command("transcript")
    .description("Prints what the agents said and did. Needs no server.")
    .usage("[mission] [feature] [options]")
    .argument("[words...]")
    .action(launch(async () => (await import("../commands/transcript.js")).runTranscript));
  program
    .command("diff")
    .description("Prints what features changed, as patches. Needs no server.")
    .usage("[mission] [feature] [options]")
    .argument("[words...]")
    .action(launch(async () => (await import("../commands/diff.js")).runDiff));
  const schema = program.command("schema").description("Prints the format of a file.");
  schema
    .command("plan")
    .description("Prints the JSON Schema of a plan.")
    .usage("[options]")
    .action(
      withoutWords(launch(async () => (await import("../commands/schema.js")).runSchemaPlan)),
    );
  schema
    .command("flows")
    .description("Prints the JSON Schema of a file of flows, for `missions qa --flows`.")
    .usage("[options]")
    .action(
      withoutWords(launch(async () => (await import("../commands/schema.js")).runSchemaFlows)),
    );
  schema
    .command("qa-report")
    .description("Prints the JSON Schema of a qa-report.json.")
    .usage("[options]")
    .action(
      withoutWords(launch(async () => (await import("../commands/schema.js")).runSchemaQaReport)),
    );
}
