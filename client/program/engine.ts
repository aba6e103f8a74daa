import type { Command } from "@commander-js/extra-typings";
import { withoutWords, type Launch } from "./launch.js";

const FORGE_HOST = "host of a forge (github, gitea, gitlab) that is not github.com or gitlab.com";

export function addEngine(program: Command, launch: Launch): void {
  program
    .command("up")
    .description("Finds or gets a Temporal server and starts server and worker in the background.")
    .usage("[options]")
    .action(withoutWords(launch(async () => (await import("../commands/engine.js")).runUp)));
  program
    .command("down")
    .description("Stops the server and worker that `up` started, and only them.")
    .usage("[options]")
    .action(withoutWords(launch(async () => (await import("../commands/engine.js")).runDown)));
  program
    .command("doctor")
    .description("Checks Node, git, server, worker and model, and says what to do about each.")
    .usage("[options]")
    .action(withoutWords(launch(async () => (await import("../commands/engine.js")).runDoctor)));
  program
    .command("worker")
    .description("Runs a worker in the foreground, until Ctrl-C.")
    .usage("[options]")
    .action(withoutWords(launch(async () => (await import("../commands/worker.js")).runWorker)));
  const key = program
    .command("key")
    .description("Keeps the keys of model providers and tokens of forges.");
  key
    .command("set")
    .description("Asks for a provider's key (or reads it from stdin) and keeps it, file mode 0600.")
    .usage("<provider> [options]")
    .argument("<provider...>")
    .option("--from-env", "take it from the shell's variable of that provider")
    .option("--host <name>", FORGE_HOST)
    .action(launch(async () => (await import("../commands/key.js")).runKeySet));
  key
    .command("list")
    .description("Lists the providers that have a key; never the keys.")
    .usage("[options]")
    .action(withoutWords(launch(async () => (await import("../commands/key.js")).runKeyList)));
  key
    .command("remove")
    .description("Forgets a provider's key.")
    .usage("<provider> [options]")
    .argument("<provider...>")
    .option("--host <name>", FORGE_HOST)
    .action(launch(async () => (await import("../commands/key.js")).runKeyRemove));
  key
    .command("test")
    .description("Tests a provider's key with one call under $0.01.")
    .usage("<provider> [options]")
    .argument("<provider...>")
    .option("--host <name>", FORGE_HOST)
    .action(launch(async () => (await import("../commands/key.js")).runKeyTest));
}
