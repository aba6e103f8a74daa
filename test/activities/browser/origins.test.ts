/** Other origins that an app uses on purpose: reached by the pass of the browser's sandbox, and nothing beside them. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createServer, type Server } from "node:http";
import { connect, type AddressInfo } from "node:net";
import type { Outside } from "../../../activities/adapters/sandbox/host-pass.js";
import { type Bench, makeBench, page, serving } from "./an-app.js";

const NAMES: Record<string, string> = {
  "maps.example.com": "93.184.215.14",
  "tracker.example.com": "93.184.215.15",
  "rebound.example.com": "127.0.0.1",
};
/** The open internet: all addresses lead to one server. */
let internet: Server;
let reached: string[];
let bench: Bench;
beforeAll(async () => {
  reached = [];
  internet = createServer((request, answer) => {
    reached.push(`${request.headers.host ?? ""}${request.url ?? ""}`);
    answer.setHeader("content-type", "text/javascript");
    answer.end('document.querySelector("#map").textContent = "The map is here";');
  });
  await new Promise<void>((resolve) => internet.listen(0, "127.0.0.1", resolve));
  const { port } = internet.address() as AddressInfo;
  const outside: Outside = {
    lookup: (name) => {
      const address = NAMES[name];
      return address === undefined
        ? Promise.reject(new Error("ENOTFOUND"))
        : Promise.resolve([address]);
    },
    connect: () => connect(port, "127.0.0.1"),
  };
  bench = makeBench(true, { outside });
});
afterAll(() => {
  internet.closeAllConnections();
  internet.close();
  bench.end();
});

const app = {
  "app.mjs": serving(
    page(
      `<p id="map">waiting</p><script src="http://maps.example.com/map.js"></script>
<script src="http://tracker.example.com/t.js"></script><script src="http://rebound.example.com/r.js"></script>
<a href="http://maps.example.com/about">About</a>`,
    ),
  ),
};

describe("a page that uses another origin", () => {
  it("gets it where the plan names it, nothing else, and the report says which links nobody asked", async () => {
    const origins = ["http://maps.example.com", "http://rebound.example.com"];
    const report = await bench.look(app, { origins }, { crawl: 1, external: true });
    expect(report.visits[0]?.aria).toContain("The map is here");
    expect(reached).toEqual(["maps.example.com/map.js"]);
    const found = report.findings.map(({ rule, what }) => `${rule}: ${what}`).join("\n");
    expect(found).toMatch(/foreign-content: .*tracker.*It is not among its origins/);
    expect(found).toMatch(/foreign-content: .*rebound/);
    expect(found).toContain("links-not-asked: 1 link to other sites");
    expect(report).toMatchObject({ verdict: "passed", links: { external: 0, unasked: 1 } });
  });

  it("gets nothing where the plan names none", async () => {
    reached.length = 0;
    const report = await bench.look(app);
    expect(report.visits[0]?.aria).toContain("waiting");
    expect(reached).toEqual([]);
  });
});
