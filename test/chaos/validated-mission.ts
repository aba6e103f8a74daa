/** A mission that does not pass at first, whose shape follows from a seed: mended by a fix feature, seen in a browser, and once stopped for safety. */
import type { CannedTurn } from "../../workers/demo-replies.js";
import type { RandomMission } from "./random-mission.js";
import type { Random } from "./random.js";

const SERVER = `import { createServer } from "node:http";
import { readFileSync } from "node:fs";
createServer((_, response) => {
  response.setHeader("content-type", "text/html; charset=utf-8");
  response.end(readFileSync("index.html"));
}).listen(process.env.PORT);`;
const pageOf = (word: string) =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Greeting</title></head><body><main><h1>Greeting</h1><p>${word}</p></main></body></html>`;

const writes = (path: string, content: string): CannedTurn => ({
  say: `I write ${path}.`,
  calls: [{ tool: "write", input: { path, content: `${content}\n` } }],
});
const done: CannedTurn = { say: "Done." };
const bash = (run: string) => ({ method: "bash", run });
const flow = { method: "browser", flow: "home" };

/** 1.1 is wrong and 1.fix-1 mends it; 1.2 fails its check until it has been stopped; 2.1 is looked at in the browser again. */
export function validatedMission(random: Random): RandomMission {
  const word = `Hello ${random.between(1, 1_000_000)}`;
  const note = `Note ${random.between(1, 1_000_000)}`;
  const isInFirst = random.chance(0.5);
  const estimate = { usd: random.chance(0.4) ? 0.2 : 0.5, hours: 0.1, tokens: 60_000 };
  const feature = (id: string, path: string, more: object) => ({
    ...{ id, title: `Part ${id}`, touches: [path], estimate, brief: `Write ${path}.` },
    ...more,
  });
  const wrong = (n: number) => [writes("note.txt", `Not it ${n}`), done];
  return {
    plan: {
      title: "A greeting",
      goal: "Greet everyone.",
      mode: random.chance(0.3) ? "poc" : "full",
      budget: { money_usd: 20, time_hours: 2, token_limit: 10_000_000, on_alert: "continue" },
      model_routing: { workers: "demo/canned" },
      app: { run: "node server.mjs" },
      flows: [{ url: "/", name: "home", steps: [{ expect: "Greeting" }] }],
      milestones: [
        {
          id: "1",
          title: "The greeting",
          checks: [
            { sentence: "It greets.", verify: bash(`grep -q '${word}' index.html`) },
            ...(isInFirst ? [{ sentence: "It is seen.", verify: flow }] : []),
          ],
          features: [
            feature("1.1", "index.html", {
              touches: ["index.html", "server.mjs"],
              checks: [{ sentence: "It is there.", verify: bash("test -s server.mjs") }],
            }),
            feature("1.2", "note.txt", {
              dependsOn: random.chance(0.5) ? ["1.1"] : [],
              checks: [{ sentence: "It is noted.", verify: bash(`grep -qx '${note}' note.txt`) }],
            }),
          ],
        },
        {
          id: "2",
          title: "The end",
          checks: [{ sentence: "It is seen.", verify: flow, alreadyTrue: true }],
          features: [
            {
              ...{ id: "2.1", title: "The end", agent: "script", touches: ["end.txt"] },
              commands: ["sleep 0.3", "echo end > end.txt"],
              checks: [{ sentence: "It ends.", verify: bash("grep -qx end end.txt") }],
            },
          ],
        },
      ],
    },
    replies: {
      "1.1": [writes("server.mjs", SERVER), writes("index.html", pageOf("Goodbye")), done],
      // Two rounds of repair, then the stop, then the smallest step.
      "1.2": [...wrong(1), ...wrong(2), ...wrong(3), writes("note.txt", note), done],
      "1.fix-1": [writes("index.html", pageOf(word)), done],
    },
    files: { "index.html": pageOf(word), "note.txt": note, "server.mjs": SERVER, "end.txt": "end" },
    features: ["1.1", "1.2", "1.fix-1", "2.1"],
    atOnce: random.between(1, 2),
    told: {
      once: [
        "Feature 1.2 was stopped (checks)",
        "Milestone 1 did not pass in round 1",
        "1.fix-1 is added to mend",
        "Exit report of milestone 1: ",
        "Exit report of milestone 2: ",
        "**Passed** in round 2",
        "**Passed** in round 1",
      ],
      recovery: ["1.2 checks narrow"],
    },
  };
}
