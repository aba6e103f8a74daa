import type { Command } from "@commander-js/extra-typings";
import type { Launch } from "./launch.js";

export function addLooking(program: Command, launch: Launch): void {
  program
    .command("qa")
    .description("Looks at a running app in a browser and says what is wrong. Needs no server.")
    .usage("<url> [options]")
    .argument("<url...>")
    .option("--flows <file>", "pages and flows to visit, as YAML: a list, or a plan that has flows")
    .option("--out <folder>", "where report and pictures go (default: qa-report)")
    .option("--viewport <sizes>", "desktop, mobile or WxH, several with commas", "desktop,mobile")
    .option("--crawl <n>", "how many links deep links are asked: 0 to 5", "1")
    .option("--external", "also ask links to other sites")
    .option("--origin <origin...>", "other origins that the pages use on purpose")
    .option("--baseline <folder>", "an earlier report, to compare pictures with")
    .option("--browser <path>", "a Chromium or Chrome instead of the first that is found")
    .option("--get-browser", "where none is found, fetch a Chromium by npm (70 MB)")
    .option("--fail-on <severity>", "least severity that fails: critical, major, minor", "major")
    .addHelpText(
      "after",
      `
flows.yaml:
  - { url: /, name: home }
  - url: /notes
    name: add a note
    steps:
      - { fill: Text, with: Buy milk }
      - click: Add
      - expect: Buy milk

Exit codes: 0 passed, 1 failed, 2 could not run. See docs/browser-qa.md.`,
    )
    .action(launch(async () => (await import("../commands/qa.js")).runQaCommand));
}
