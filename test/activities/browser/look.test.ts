import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import {
  type Bench,
  browserFor,
  makeBench,
  page,
  processesOf,
  QA_CHILD,
  server,
  serving,
} from "./an-app.js";

let bench: Bench;
beforeAll(() => {
  bench = makeBench();
});
afterAll(() => {
  bench.end();
});

const html = `answer.setHeader("content-type", "text/html");`;
const shown = (body: string) => `${html} answer.end(${JSON.stringify(page(body))})`;

describe("a look at an app", () => {
  it("finds a clean one clean, leaves report and picture, and stops it", async () => {
    const order = bench.order(
      { "app.mjs": serving(page('<p>Buy here.</p><a href="/more">More</a>')) },
      { prepare: ["echo built > built.txt"] },
    );
    const report = await bench.browser.look(order);
    expect(report).toMatchObject({
      ...{ verdict: "passed", url: "http://localhost:3000/", findings: [] },
      visits: [{ name: "home", status: 200, title: "Shop" }],
    });
    expect(readFileSync(join(order.dir, "built.txt"), "utf8")).toBe("built\n");
    expect(readdirSync(order.out).sort()).toEqual(["assets", "index.html", "qa-report.json"]);
    expect(existsSync(join(order.out, report.visits[0]?.picture ?? "none"))).toBe(true);
    expect(JSON.parse(readFileSync(join(order.out, "qa-report.json"), "utf8"))).toEqual(report);
    expect(processesOf(bench.name)).toEqual([]);
  });

  it("sees an app that listens on ::1 alone and sends people to its own port by a whole address", async () => {
    const report = await bench.look(
      {
        "app.mjs": server(
          `if (request.url === "/") answer.writeHead(302, { location: "http://localhost:" + process.env.PORT + "/shop" }).end();
else if (request.headers.host !== "localhost:" + process.env.PORT) answer.writeHead(421).end();
else { ${shown("<p>Here.</p>")} }`,
          "process.env.PORT, '::1'",
        ),
      },
      { port: 8081 },
    );
    expect(report).toMatchObject({ verdict: "passed", visits: [{ status: 200, title: "Shop" }] });
  });

  it("says that the app ended meanwhile, whatever its pages showed before", async () => {
    const order = bench.order({
      "app.mjs": server(
        `if (request.url.startsWith("/fatal")) { console.error("out of stock"); process.exit(5); }
${shown('<p>Here.</p><img src="/fatal.png" alt="stock">')}`,
      ),
    });
    const report = await bench.browser.look(order);
    expect(report.verdict).toBe("failed");
    expect(report.findings[0]).toMatchObject({
      ...{ rule: "app-ended", severity: "critical" },
      what: "The app ended with exit 5 while it was looked at: out of stock",
    });
  });

  it("ends at its limit, and when it is stopped, with all that it started", async () => {
    const busy = page("<p>Here.</p>", "<script>for (;;) ;</script>");
    const late = bench.order({ "app.mjs": serving(busy) });
    const report = await bench.browser.look({ ...late, timeoutMs: 4_000 });
    expect(report.why).toMatch(/^The look did not end in time/);
    expect(processesOf(bench.name)).toEqual([]);

    const stopping = new AbortController();
    const order = bench.order({ "app.mjs": serving(busy) });
    const looking = bench.browser.look({ ...order, signal: stopping.signal });
    while (!existsSync(`${order.groupFile}.browser`)) await delay(20);
    stopping.abort(new Error("enough"));
    await expect(looking).rejects.toThrow("enough");
    expect(processesOf(bench.name)).toEqual([]);
  });
});

describe("looks at once", () => {
  it("wait for each other, but not once they are stopped", async () => {
    const busy = page("<p>Here.</p>", "<script>for (;;) ;</script>");
    const [first, second] = [new AbortController(), new AbortController()];
    const one = bench.order({ "app.mjs": serving(busy) });
    const other = bench.order({ "app.mjs": serving(busy) });
    const port = browserFor(bench.commands, QA_CHILD.argv, 1);
    await port.state();
    const looking = port.look({ ...one, signal: first.signal });
    const waiting = port.look({ ...other, signal: second.signal });
    while (!existsSync(`${one.groupFile}.browser`)) await delay(20);
    second.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    expect([existsSync(`${one.groupFile}.browser`), existsSync(other.groupFile)]).toEqual([
      true,
      false,
    ]);
    first.abort(new Error("enough too"));
    await expect(looking).rejects.toThrow("enough too");
  });
});

/** A worker that is killed in the middle of a look. */
const KILLED = (sandboxed: boolean) => `
import { makeBench, page, serving } from ${JSON.stringify(join(process.cwd(), "test/activities/browser/an-app.ts"))};
const bench = makeBench(${sandboxed});
const busy = page("<p>Here.</p>", "<script>for (;;) ;</script>");
const order = bench.order({ "app.mjs": serving(busy) });
console.log(bench.name + " " + order.groupFile + ".browser");
await bench.browser.look(order);
`;

describe("a worker that is killed", () => {
  it("leaves neither app nor browser behind, in a sandbox or without", async () => {
    const loader = join(process.cwd(), "node_modules/tsx/dist/loader.mjs");
    const args = ["--import", pathToFileURL(loader).href];
    await Promise.all(
      [true, false].map(async (sandboxed) => {
        const script = join(bench.machine, `killed-${sandboxed}.mts`);
        writeFileSync(script, KILLED(sandboxed));
        const worker = spawn(process.execPath, [...args, script], {
          stdio: ["ignore", "pipe", "inherit"],
        });
        const ended = new Promise((resolve) => worker.once("exit", resolve));
        const said = await new Promise<string>((resolve) =>
          worker.stdout.once("data", (chunk: Buffer) => {
            resolve(chunk.toString());
          }),
        );
        const [name = "", browsing = ""] = said.trim().split(" ");
        while (!existsSync(browsing) && worker.exitCode === null) await delay(20);
        expect(processesOf(name)).not.toEqual([]);
        worker.kill("SIGKILL");
        await ended;
        while (processesOf(name).length > 0) await delay(20);
      }),
    );
  });
});
