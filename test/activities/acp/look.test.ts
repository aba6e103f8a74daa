/** An external agent looks at its app while it works, inside its own sandbox. Needs what `npm run build` makes. */
import { afterEach, describe, expect, it } from "@jest/globals";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import { lookCommand } from "../../../activities/adapters/browser/look-command.js";
import type { PlanApp } from "../../../domain/qa.js";
import { findBrowser } from "../../../qa/browser.js";
import { faultDefinition, withFaulty } from "../../agents/fault-definition.js";
import { makeAttempts } from "../attempt-fixture.js";
import type { AttemptFixture } from "../attempt-fixture.js";
import { page } from "../browser/an-app.js";

const root = process.cwd();
const app: PlanApp = { run: "node app.mjs" };

let fixture: AttemptFixture;
let outside: Server | undefined;
afterEach(async () => {
  await fixture.end();
  outside?.closeAllConnections();
  outside?.close();
});

async function attempts(fault: string, find: () => Promise<{ path: string } | { why: string }>) {
  fixture = await makeAttempts({
    feature: { agent: "faulty", brief: "Mend the shop." },
    plan: { app },
    agents: withFaulty(faultDefinition(fault), {
      look: () =>
        lookCommand({
          find,
          cli: join(root, "dist/client/cli.js"),
          readable: ["dist", "node_modules", "package.json"].map((part) => join(root, part)),
          userHome: homedir(),
        }),
    }),
  });
  mkdirSync(fixture.place.tree, { recursive: true });
  return fixture;
}

describe("an external agent", () => {
  it("looks at its app by the command that it is told, reads the pictures, and its pages reach nothing else", async () => {
    const heard: string[] = [];
    const server = createServer((request, answer) => {
      heard.push(request.url ?? "");
      answer.end();
    });
    outside = server;
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const { run, input, place } = await attempts("looks", () =>
      findBrowser({ path: process.env["PATH"] ?? "", home: homedir() }),
    );
    const html = page(
      `<p>Buy here.</p><img src="/gone.png" alt="Gone"><img src="http://127.0.0.1:${port}/seen" alt="">`,
    );
    writeFileSync(
      join(place.tree, "app.mjs"),
      `import { createServer } from "node:http";
createServer((request, answer) => {
  answer.writeHead(request.url === "/" ? 200 : 404, { "content-type": "text/html" });
  answer.end(${JSON.stringify(html)});
}).listen(process.env.PORT, () => console.log("ready"));`,
    );
    const outcome = await run(input());
    const seen: unknown = JSON.parse("summary" in outcome ? outcome.summary : "{}");
    expect(seen).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/major broken-image(?:.|\n)*Failed: 1 page at 2 sizes/),
      stderr: "",
      pictures: ["01-page-desktop.png", "01-page-mobile.png"],
      isPng: true,
      mayRead: true,
    });
    expect(heard).toEqual([]);
  });

  it("is not told of looks where there is no browser", async () => {
    const { run, input, place } = await attempts("", () => Promise.resolve({ why: "None." }));
    expect(await run(input())).toMatchObject({ kind: "done" });
    const told = readFileSync(join(place.home, "fault-agent.jsonl"), "utf8");
    expect(told).toContain("Mend the shop.");
    expect(told).not.toContain("localhost");
  });
});
