import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startApp } from "../../../activities/adapters/browser/app.js";
import { createBrowserPort } from "../../../activities/adapters/browser/browser.js";
import type { PlanApp } from "../../../domain/qa.js";
import { type Bench, browserFor, makeBench, processesOf, server } from "./an-app.js";

let bench: Bench;
beforeAll(() => {
  bench = makeBench();
});
afterAll(() => {
  bench.end();
});

/** Each bad app with what is said of it. Nothing of it runs afterwards. */
const BAD: [string, Record<string, string>, Partial<PlanApp>, RegExp][] = [
  [
    "never answers",
    { "app.mjs": `console.log("compiling"); setInterval(() => {}, 1000);` },
    { readySeconds: 1 },
    /^The app did not answer on port 3000 within 1 s: let it listen on \$PORT .* It said last: compiling$/,
  ],
  [
    "ends by itself",
    { "app.mjs": `console.error("no database at db:5432"); process.exit(3);` },
    {},
    /ended by itself with exit 3 before it answered: mend that first\. It said last: no database at db:5432$/,
  ],
  [
    "goes to the background",
    // It would answer much later only.
    { "app.mjs": "setTimeout(() => {}, 60_000);" },
    { run: "node app.mjs & exit 0" },
    /ended by itself with exit 0: app\.run must stay in the foreground/,
  ],
  [
    "answers on another port",
    { "app.mjs": server(`answer.end("hi")`, "4000") },
    { readySeconds: 2 },
    /^The app listens on 4000, not on \$PORT \(3000\): set app\.port to 4000, or let the app read PORT\.$/,
  ],
  [
    "redirects for ever",
    {
      "app.mjs": server(
        `answer.writeHead(302, { location: request.url === "/a" ? "/b" : "/a" }).end()`,
      ),
    },
    {},
    /^The app redirects for ever \(\/ -> \/a -> \/b -> \/a \.\.\.\): mend the redirect, or set app\.ready/,
  ],
  [
    "answers with errors only",
    { "app.mjs": server(`answer.writeHead(503).end("warming up")`) },
    { readySeconds: 1, ready: "/health" },
    /^The app answered \/health with status 503 and nothing better within 1 s/,
  ],
  [
    "does not speak HTTP",
    {
      "app.mjs": `import { createServer } from "node:net"; createServer((one) => one.end("220 mail ready\\r\\n")).listen(process.env.PORT);`,
    },
    { readySeconds: 1 },
    /^What listens on port 3000 does not speak HTTP/,
  ],
  [
    "is a command that is not there",
    {},
    { run: "vitee --port {port}" },
    /^The command of the app `vitee --port \{port\}` is not there \(exit 127\): correct app\.run/,
  ],
  [
    "asks for input",
    {
      "app.mjs": `import { createInterface } from "node:readline/promises";
const asked = createInterface({ input: process.stdin, output: process.stdout });
asked.on("close", () => process.exit(1));
await asked.question("Which port shall I use? ");`,
    },
    {},
    /^The app asks for input, and there is nobody to answer: .* It said last: Which port shall I use\?$/,
  ],
  [
    "cannot be prepared",
    { "app.mjs": server("answer.end()") },
    { prepare: ["true", "echo cannot resolve left-pad; exit 4"] },
    /^`echo cannot resolve left-pad; exit 4` of app\.prepare ended with exit 4: .* cannot resolve left-pad$/,
  ],
  [
    "is prepared by a command that is not there",
    { "app.mjs": server("answer.end()") },
    { prepare: ["pnpmm install"] },
    /^`pnpmm install` of app\.prepare is not there \(exit 127\)/,
  ],
];

describe("an app that cannot be looked at", () => {
  it.each(BAD)(
    "is told in one sentence with its remedy where it %s",
    async (_, files, app, why) => {
      const order = bench.order(files, app);
      const report = await bench.browser.look(order);
      expect(report).toMatchObject({ verdict: "not-run", visits: [], findings: [] });
      expect(report.why).toMatch(why);
      expect(processesOf(bench.name)).toEqual([]);
    },
  );
});

describe("a machine without a sandbox", () => {
  it("says of an app's port that another program has it, and which one the app took instead", async () => {
    const bare = makeBench(false);
    const started = async (source: string, app: Partial<PlanApp>) => {
      const order = bare.order({ "app.mjs": source }, app);
      const folder = mkdtempSync(join(tmpdir(), "sock-"));
      mkdirSync(join(folder, "in"));
      const host = { commands: bare.commands, path: process.env["PATH"] ?? "" };
      try {
        return await startApp(host, order, { folder, leftMs: () => 60_000 });
      } finally {
        rmSync(folder, { recursive: true });
      }
    };
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as AddressInfo;
    const taken = await started(server("answer.end()"), { port });
    expect(taken).toMatchObject({
      why: expect.stringMatching(`^Port ${port} is taken by another program`),
    });
    other.close();
    const elsewhere = await started(server("answer.end()", `${port}, "127.0.0.1"`), {
      readySeconds: 2,
    });
    expect(elsewhere).toMatchObject({
      why: expect.stringMatching(`^The app listens on ${port}, not on \\$PORT`),
    });
    expect(processesOf(bare.name)).toEqual([]);
    bare.end();
  });
});

describe("a machine without a browser", () => {
  it("is asked again when it could not even be tried", async () => {
    const { commands } = bench;
    let tries = 0;
    const port = browserFor({
      ...commands,
      start: (order) =>
        (tries += 1) === 1 ? Promise.reject(new Error("disk full")) : commands.start(order),
    });
    await expect(port.state()).rejects.toThrow("disk full");
    expect(await port.state()).toMatchObject({ works: true });
  });

  it("is told where no browser is there, and starts no app", async () => {
    const why = "There is no Chromium or Chrome on this machine; run `apt-get install chromium`.";
    const none = createBrowserPort({
      ...{ commands: bench.commands, path: "/usr/bin:/bin", userHome: "/root" },
      find: () => Promise.resolve({ why }),
      child: { argv: [], readable: [] },
    });
    expect(await none.state()).toEqual({ works: false, why });
    const order = bench.order({}, { prepare: ["touch prepared"] });
    expect(await none.look(order)).toMatchObject({ verdict: "not-run", why });
    expect(processesOf(bench.name)).toEqual([]);
  });
});
