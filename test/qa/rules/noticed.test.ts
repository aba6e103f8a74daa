import { describe, expect, it } from "@jest/globals";
import type { LoadedPage, Noticed } from "../../../qa/loaded-page.js";
import { consoleHits, requestHits } from "../../../qa/rules/noticed.js";

const ORIGIN = "http://127.0.0.1:4000";

function loaded(some: Partial<Noticed>, origins: string[] = []): LoadedPage {
  const nothing = { consoleErrors: [], pageErrors: [], failedRequests: [], redirects: [] };
  const noticed = { ...nothing, dialogs: [], downloads: [], popups: [], ...some };
  return { origin: ORIGIN, origins, noticed } as Partial<LoadedPage> as LoadedPage;
}
const request = (path: string, rest: Partial<Noticed["failedRequests"][number]>) => ({
  url: path.startsWith("/") ? `${ORIGIN}${path}` : path,
  method: "GET",
  kind: "fetch",
  ...rest,
});
const rulesOf = (...failedRequests: Noticed["failedRequests"]): string[] =>
  requestHits(loaded({ failedRequests })).map(({ rule }) => rule);

describe("A request that failed", () => {
  it("is a fault where something does not exist, breaks or does not answer", () => {
    const failed = "failed-request";
    expect(rulesOf(request("/a.js", { kind: "script", status: 403 }))).toEqual([failed]);
    expect(rulesOf(request("/api", { status: 404 }))).toEqual([failed]);
    expect(rulesOf(request("/api", { status: 500 }))).toEqual([failed]);
    expect(rulesOf(request("/api", { why: "net::ERR_EMPTY_RESPONSE" }))).toEqual([failed]);
    expect(rulesOf(request("ws://127.0.0.1:4000/live", { kind: "websocket" }))).toEqual([failed]);
  });

  it("is minor where a call was understood and refused", () => {
    for (const status of [400, 401, 403, 409, 422, 429])
      expect(rulesOf(request("/api", { status }))).toEqual(["refused-request"]);
  });

  it("is not the app's fault on another site, also one that begins with its address", () => {
    expect(rulesOf(request("https://fonts.example/a.css", { why: "refused" }))).toEqual([
      "foreign-content",
    ]);
    expect(rulesOf(request(`${ORIGIN}.example/a.css`, { status: 404 }))).toEqual([
      "foreign-content",
    ]);
  });

  it("is the app's fault by another name of this machine too, but not at another port", () => {
    const missing = (origin: string) => rulesOf(request(`${origin}/api`, { status: 500 }));
    expect(missing("http://localhost:4000")).toEqual(["failed-request"]);
    expect(missing("http://[::1]:4000")).toEqual(["failed-request"]);
    expect(missing("http://localhost:4001")).toEqual(["foreign-content"]);
  });

  it("is told once, and not at all for icons and what the page gave up", () => {
    const missing = request("/api", { status: 404 });
    expect(rulesOf(missing, missing)).toEqual(["failed-request"]);
    expect(rulesOf(request("/favicon.ico", { kind: "other", status: 404 }))).toEqual([]);
    expect(rulesOf(request("/api", { why: "net::ERR_ABORTED" }))).toEqual([]);
  });

  it("says where an origin could be named that is none of the app's", () => {
    const failedRequests = [request("https://maps.example/tile", { why: "refused" })];
    const [unnamed] = requestHits(loaded({ failedRequests }));
    const [named] = requestHits(loaded({ failedRequests }, ["https://maps.example"]));
    expect(unnamed?.what).toMatch(/not among its origins/);
    expect(named?.what).not.toMatch(/not among its origins/);
  });
});

describe("What the console says", () => {
  const said = (text: string) => consoleHits(loaded({ consoleErrors: [{ text }] }));

  it("is told as an error, a warning of a framework, or something refused", () => {
    const rules = [
      "it broke",
      "Warning: Each child in a list should have a unique key",
      "[Vue warn]: Missing required prop",
      "Access to fetch at 'x' from origin 'y' has been blocked by CORS policy: no header",
      "Mixed Content: The page at 'https://a' was loaded over HTTPS, but requested an insecure script",
    ].map((text) => said(text)[0]?.rule);
    expect(rules).toEqual([
      "console-error",
      "console-warning",
      "console-warning",
      "blocked-content",
      "blocked-content",
    ]);
  });

  it("is not told twice where a request has failed", () => {
    expect(said("Failed to load resource: the server responded with a status of 404 ()")).toEqual(
      [],
    );
  });

  it("is cut and shown in one line", () => {
    const [hit] = said(`a\u0007b\n${"x".repeat(500)}`);
    expect(hit?.what).toHaveLength('The console says "".'.length + 161);
    expect(hit?.what).toMatch(/^The console says "ab x+…"\.$/);
  });
});

describe("An error that nobody caught", () => {
  const foreign = request("https://api.example/", { why: "refused" });

  it("is told", () => {
    expect(consoleHits(loaded({ pageErrors: ["it broke"] }))).toEqual([
      { rule: "page-error", what: 'A script threw "it broke" and nobody caught it.' },
    ]);
  });

  it("is not told where all it says is that another site did not answer", () => {
    const pageErrors = ["Failed to fetch"];
    expect(consoleHits(loaded({ pageErrors, failedRequests: [foreign] }))).toEqual([]);
    expect(consoleHits(loaded({ pageErrors }))).toHaveLength(1);
    expect(
      consoleHits(loaded({ pageErrors: ["it broke"], failedRequests: [foreign] })),
    ).toHaveLength(1);
  });
});
