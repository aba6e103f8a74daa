import type { Command } from "@commander-js/extra-typings";
import { maxRunning } from "./amounts.js";
import { withoutWords, type Launch } from "./launch.js";

export function addQueueing(program: Command, launch: Launch): void {
  program
    .command("queue")
    .description("Lists the missions that wait for their turn, in order, and why each waits.")
    .usage("[options]")
    .option("--max <n>", "missions that run at once before queued ones wait", maxRunning)
    .action(withoutWords(launch(async () => (await import("../commands/queue.js")).runQueue)));
}
