import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { existsSync, mkdirSync, readdirSync, statfsSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { takeReport } from "../../../activities/adapters/browser/take-report.js";
import type { QaFlow } from "../../../domain/qa.js";
import { type Bench, browserFor, makeBench, page, processesOf, serving } from "./an-app.js";

const MB = 2 ** 20;
let bench: Bench;
/** Stands for Temporal, the gateway and whatever else listens on this machine. */
let other: Server;
let heard: string[];
let port: number;
beforeAll(async () => {
  heard = [];
  other = createServer((request, answer) => {
    heard.push(request.url ?? "");
    answer.end("obeyed");
  });
  other.on("connection", () => heard.push("connection"));
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  port = (other.address() as AddressInfo).port;
  bench = makeBench(true, { settings: () => ({ limits: { memoryBytes: 1_500 * MB } }) });
});
afterAll(() => {
  other.closeAllConnections();
  other.close();
  bench.end();
});

const script = (code: string) => `<script>${code}</script>`;
const flow = (name: string, more: Partial<QaFlow> = {}): QaFlow => ({
  ...{ url: `/${name}`, name },
  ...more,
});

/** Pages at which more is to be had than a page should ask for, and an answer that never ends. */
const app = (pages: Record<string, string>) => `
import { createServer } from "node:http";
const pages = ${JSON.stringify(pages)};
createServer((request, answer) => {
  const { pathname } = new URL(request.url, "http://x");
  if (pathname === "/endless.bin") {
    const timer = setInterval(() => { answer.write("x".repeat(1e6)); }, 1);
    answer.on("close", () => clearInterval(timer));
  } else answer.setHeader("content-type", "text/html").end(pages[pathname.slice(1)] ?? "");
}).listen(process.env.PORT);`;

describe("hostile pages", () => {
  it("read no file, reach nobody and are bounded in all they do, and the next one is seen as it is", async () => {
    const pages = {
      ways: `<p id="told"></p>${script(`
const told = [];
const tell = (what) => { told.push(what); document.querySelector("#told").textContent = told.join(", "); };
const files = ["/etc/passwd", "/proc/self/environ"].map((path) => "file://" + path);
const asked = files.map((url) => fetch(url).then(() => tell("read a file"), () => tell("no file")));
open(files[0]);
const stream = new EventSource("http://127.0.0.1:${port}/events");
asked.push(new Promise((done) => { stream.onopen = () => done(tell("reached a stream")); stream.onerror = () => { stream.close(); done(tell("no stream")); } }));
const rtc = new RTCPeerConnection({ iceServers: [{ urls: "stun:127.0.0.1:${port}" }, { urls: "turn:127.0.0.1:${port}?transport=tcp", username: "u", credential: "c" }] });
rtc.createDataChannel("x");
rtc.onicecandidate = ({ candidate }) => { if (candidate !== null && candidate.type !== "host") tell("reached a relay"); };
rtc.createOffer().then((offer) => rtc.setLocalDescription(offer));
Promise.allSettled(asked).then(() => setTimeout(() => tell("all asked"), 1_000));`)}`,
      console: script(
        `for (let n = 0; n < 1_000; n++) console.error(n + " " + "x".repeat(10_000)); for (let n = 0; n < 300; n++) setTimeout(() => { throw new Error("thrown " + n) })`,
      ),
      dialogs: script("for (let n = 0; n < 60; n++) alert('Stay ' + n)"),
      windows: script("for (let n = 0; n < 15; n++) open('/clean?' + n)"),
      downloads: script(
        "for (let n = 0; n < 5; n++) { const a = document.createElement('a'); a.href = '/endless.bin?' + n; a.download = 'x'; a.click() }",
      ),
      clean: "<p>Here.</p>",
    };
    const files = Object.fromEntries(
      Object.entries(pages).map(([name, body]) => [name, page(body)]),
    );
    const order = bench.order({ "app.mjs": app(files) }, { ready: "/clean" });
    const asked = [{ expect: "all asked" }];
    const flows = Object.keys(pages).map((name) =>
      flow(name, name === "ways" ? { steps: asked } : {}),
    );
    const report = await bench.browser.look({ ...order, flows, timeoutMs: 170_000 });
    const visitOf = (name: string) => report.visits.find((visit) => visit.name === name);
    const findingsOf = (name: string) => report.findings.filter((each) => each.page === name);

    expect(report.verdict).toBe("failed");
    expect(visitOf("ways")?.aria).toContain("no file, no file, no stream, all asked");
    expect(heard).toEqual([]);
    for (const name of ["console", "dialogs", "windows", "downloads"]) {
      expect(findingsOf(name)).not.toEqual([]);
      expect(findingsOf(name).length).toBeLessThan(100);
    }
    expect(visitOf("dialogs")?.met?.dialogs).toHaveLength(60);
    expect(findingsOf("clean")).toEqual([]);
    expect(visitOf("clean")).toMatchObject({ status: 200, title: "Shop" });
    // Nothing that was downloaded lies anywhere.
    expect(readdirSync(order.out).sort()).toEqual(["assets", "index.html", "qa-report.json"]);
    expect(processesOf(bench.name)).toEqual([]);
  });

  it("are ended with their browser when they take all memory, and the sentence says so", async () => {
    const greedy = page(
      script("const kept = []; for (;;) kept.push(new Uint8Array(5e7).fill(1))") +
        '<iframe title="f" srcdoc="<script>const k = []; for (;;) k.push(new Uint8Array(5e7).fill(1))</script>"></iframe>',
    );
    const report = await bench.look({ "app.mjs": serving(greedy) });
    expect(report.verdict).not.toBe("passed");
    const said = [report.why, ...report.findings.map(({ what }) => what)].join("\n");
    expect(said).toMatch(/more than 1500 MB of memory|ended its renderer|stopped answering/);
    expect(processesOf(bench.name)).toEqual([]);
  });
});

describe("hostile apps", () => {
  it("end nobody but themselves, leave nothing running, and are told", async () => {
    const daemons = `(setsid node -e "setInterval(() => {}, 1000)" ${bench.name} &)`;
    const killing = bench.order(
      {
        "app.mjs": `import { createServer } from "node:http";
createServer((request, answer) => { try { process.kill(-1, "SIGKILL"); } catch {} process.exit(9); }).listen(process.env.PORT);`,
      },
      { run: `${daemons}; exec node app.mjs ${bench.name}` },
    );
    const killed = await bench.browser.look(killing);
    expect(killed).toMatchObject({ verdict: "not-run", visits: [] });
    expect(killed.why).toMatch(/ended by itself/);
    const endless = await bench.look(
      {
        "app.mjs": `import { createServer } from "node:net";
createServer((one) => { one.on("error", () => {}); one.write("HTTP/1.1 200 OK\\r\\n"); setInterval(() => one.write("a: b\\r\\n".repeat(10_000)), 1); }).listen(process.env.PORT);`,
      },
      { run: `${daemons}; exec node app.mjs ${bench.name}`, readySeconds: 2 },
    );
    expect(endless).toMatchObject({ verdict: "not-run", visits: [] });
    expect(processesOf(bench.name)).toEqual([]);
  });

  it("are ended before they fill the disk", async () => {
    const { bavail, bsize } = statfsSync(bench.machine);
    const limits = { freeDiskBytes: bavail * bsize - 400 * MB };
    const guarded = makeBench(true, { settings: () => ({ limits }) });
    const order = guarded.order({}, { run: "fallocate -l 2G big || exit 3; sleep 60" });
    const report = await browserFor(guarded.commands).look(order);
    const whole = existsSync(join(order.dir, "big"));
    guarded.end();
    expect(whole).toBe(true);
    expect(report.verdict).toBe("not-run");
    expect(report.why).toMatch(/ended: less than \d+ MB left on the disk/);
  });
});

describe("a forged report", () => {
  const visit = { url: "http://localhost:3000/", viewport: "desktop", loadMs: 1, title: "x" };
  const forged = (names: string[]) => ({
    ...{ version: 1, verdict: "passed", url: visit.url, ms: 1 },
    startedAt: "2026-01-02T03:04:05.678Z",
    visits: names.map((name) => ({ ...visit, name, picture: `assets/${name}.png` })),
    ...{ links: { checked: 0, external: 0 }, findings: [], ignored: [] },
  });

  it("does not pass without each page that was asked for", async () => {
    const liar = `const fs = require("node:fs");
const { kind, options } = JSON.parse(fs.readFileSync(process.argv.at(-1), "utf8"));
if (kind === "start") console.log("version 1");
else fs.writeFileSync(options.out + "/qa-report.json", ${JSON.stringify(JSON.stringify(forged(["home"])))});`;
    const browser = browserFor(bench.commands, [process.execPath, "-e", liar]);
    const order = bench.order({ "app.mjs": serving(page("<p>Here.</p>")) });
    const report = await browser.look({ ...order, flows: [flow("home"), flow("more")] });
    expect(report).toMatchObject({ verdict: "not-run", visits: [] });
    expect(report.why).toContain("lacks pages that it was to look at");
  });

  it("brings no picture that is none, or too large to open", async () => {
    const out = join(bench.machine, "forged");
    mkdirSync(join(out, "assets"), { recursive: true });
    const png = (width: number, height: number) => {
      const bytes = Buffer.alloc(64);
      bytes.write("89504e470d0a1a0a0000000d49484452", "hex");
      bytes.writeUInt32BE(width, 16);
      bytes.writeUInt32BE(height, 20);
      return bytes;
    };
    const pictures = { good: png(800, 600), bomb: png(60_000, 60_000), text: "<script>" };
    for (const [name, content] of Object.entries(pictures))
      writeFileSync(join(out, "assets", `${name}.png`), content);
    writeFileSync(join(out, "qa-report.json"), JSON.stringify(forged(Object.keys(pictures))));
    const taken = await takeReport(out);
    expect(taken?.visits.map(({ picture }) => picture)).toEqual([
      "assets/good.png",
      undefined,
      undefined,
    ]);
    expect(readdirSync(join(out, "assets"))).toEqual(["good.png"]);
  });
});
