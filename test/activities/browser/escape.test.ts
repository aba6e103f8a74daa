import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { takeReport } from "../../../activities/adapters/browser/take-report.js";
import { type Bench, makeBench, page, server, serving } from "./an-app.js";

let bench: Bench;
/** Stands for Temporal, for another app, and for whatever else listens on this machine. */
let temporal: Server;
let heard: string[];
let port: number;
beforeAll(async () => {
  bench = makeBench();
  heard = [];
  temporal = createServer((request, answer) => {
    heard.push(request.url ?? "");
    answer.end("obeyed");
  });
  temporal.on("connection", () => heard.push("connection"));
  await new Promise<void>((resolve) => temporal.listen(0, "127.0.0.1", resolve));
  port = (temporal.address() as AddressInfo).port;
});
afterAll(() => {
  temporal.closeAllConnections();
  temporal.close();
  bench.end();
});

describe("a hostile page", () => {
  it("reaches neither Temporal nor other apps nor the metadata address, however it asks", async () => {
    const signal = "/api/v1/namespaces/default/workflows/m/signal/adjustBudget";
    const script = `
const told = [];
const to = ["127.0.0.1", "localhost", "[::1]", "0.0.0.0"].map((host) => "http://" + host + ":${port}${signal}");
to.push("http://169.254.169.254/latest/meta-data", "http://[fd00:ec2::254]/", "http://127.0.0.1:31702/");
const ways = to.map((url) => fetch(url, { method: "POST", mode: "no-cors", body: "{}" }).then(() => told.push("reached " + url), () => told.push("refused")));
for (const url of to) { new Image().src = url; navigator.sendBeacon(url, "x"); }
ways.push(new Promise((done) => { const s = new WebSocket("ws://127.0.0.1:${port}/"); s.onopen = () => { told.push("reached ws"); done(); }; s.onerror = s.onclose = done; }));
Promise.allSettled(ways).then(() => { document.querySelector("#told").textContent = told.join(", "); });
const frame = document.createElement("iframe"); frame.title = "f"; frame.src = to[0]; document.body.append(frame);`;
    const report = await bench.look({
      "app.mjs": serving(page(`<p id="told">waiting</p><script>${script}</script>`)),
    });
    expect(report.visits[0]?.aria).toContain("refused");
    expect(JSON.stringify(report)).not.toContain("reached");
    // A redirect of the app itself leads there no more than a page does.
    const redirected = await bench.look({
      "app.mjs": server(
        `answer.writeHead(302, { location: "http://127.0.0.1:${port}${signal}" }).end()`,
      ),
    });
    expect(redirected.verdict).not.toBe("passed");
    expect(heard).toEqual([]);
    // The test can see an escape.
    await fetch(`http://127.0.0.1:${port}/seen`);
    expect(heard.splice(0)).toContain("/seen");
  });
});

describe("a hostile app", () => {
  it("finds neither the report about it nor the browser that looks", async () => {
    const order = bench.order({}, {});
    const forged = JSON.stringify({ version: 1, verdict: "passed" });
    writeFileSync(
      join(order.dir, "app.mjs"),
      `import { execFileSync } from "node:child_process";
import { writeFileSync, mkdirSync } from "node:fs";
import { createServer } from "node:http";
const said = [];
const tryTo = (what) => { try { what(); said.push("done"); } catch (error) { said.push(error.code); } };
createServer((request, answer) => {
  tryTo(() => writeFileSync(${JSON.stringify(join(order.out, "qa-report.json"))}, ${JSON.stringify(forged)}));
  tryTo(() => mkdirSync(${JSON.stringify(join(order.out, "assets"))}));
  const others = execFileSync("ps", ["ax"], { encoding: "utf8" });
  answer.setHeader("content-type", "text/html");
  answer.end(${JSON.stringify(page("<p>SAID</p><p>SEEN</p><a>no link</a><img src='x'>"))}
    .replace("SAID", said.join()).replace("SEEN", others.includes("chrom") ? "browser seen" : "nobody seen"));
}).listen(process.env.PORT);`,
    );
    const report = await bench.browser.look(order);
    const { aria = "" } = report.visits[0] ?? {};
    expect(aria).toContain("ENOENT");
    expect(aria).not.toContain("done");
    expect(aria).toContain("nobody seen");
    expect(report.verdict).toBe("failed");
    expect(readFileSync(join(order.out, "qa-report.json"), "utf8")).not.toBe(forged);
  });

  it("leads nobody elsewhere by what it puts in place of its socket", async () => {
    const secret = join(bench.machine, "docker.sock");
    const asked: string[] = [];
    const docker = createServer((request, answer) => {
      asked.push(request.url ?? "");
      answer.end("containers");
    });
    await new Promise<void>((resolve) => docker.listen(secret, resolve));
    const report = await bench.look(
      {},
      {
        run: `for s in /tmp/missions-*/in/app.sock; do rm -f "$s"; ln -s ${secret} "$s"; done; exec sleep 30`,
        readySeconds: 1,
      },
    );
    docker.close();
    expect(report.verdict).toBe("not-run");
    expect(asked).toEqual([]);
  });
});

describe("a report that is read back", () => {
  it("follows no link, and takes only files of a bounded size that are there", async () => {
    const out = join(bench.machine, "foreign");
    mkdirSync(join(out, "assets"), { recursive: true });
    const secret = join(bench.machine, "secret.png");
    writeFileSync(secret, "PRIVATE");
    symlinkSync(secret, join(out, "assets", "a.png"));
    symlinkSync(bench.machine, join(out, "others"));
    const png = "89504e470d0a1a0a0000000d494844520000000100000001";
    writeFileSync(join(out, "assets", "b.png"), Buffer.from(png, "hex"));
    writeFileSync(join(out, "assets", "huge.png"), Buffer.alloc(21_000_000));
    const visit = { url: "http://localhost:3000/", viewport: "desktop", loadMs: 1, title: "x" };
    const report = {
      ...{ version: 1, verdict: "passed", url: "http://localhost:3000/", ms: 1 },
      startedAt: "2026-01-02T03:04:05.678Z",
      visits: ["a.png", "b.png", "huge.png"].map((name) => ({
        ...{ ...visit, name, picture: `assets/${name}` },
      })),
      links: { checked: 0, external: 0 },
      ...{ findings: [], ignored: [] },
    };
    writeFileSync(join(out, "qa-report.json"), JSON.stringify(report));
    const taken = await takeReport(out);
    expect(taken?.visits.map(({ name, picture }) => [name, picture])).toEqual([
      ["a.png", undefined],
      ["b.png", "assets/b.png"],
      ["huge.png", undefined],
    ]);
    expect(existsSync(join(out, "assets", "a.png"))).toBe(false);
    expect(existsSync(join(out, "others"))).toBe(false);
    expect(existsSync(secret)).toBe(true);

    const linked = join(bench.machine, "linked");
    mkdirSync(linked);
    const elsewhere = join(bench.machine, "elsewhere.json");
    writeFileSync(elsewhere, JSON.stringify(report));
    symlinkSync(elsewhere, join(linked, "qa-report.json"));
    expect(await takeReport(linked)).toBeUndefined();
    writeFileSync(join(linked, "qa-report.json"), '{"verdict":"passed"}');
    expect(await takeReport(linked)).toBeUndefined();
  });
});
