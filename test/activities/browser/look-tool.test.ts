import { afterEach, describe, expect, it } from "@jest/globals";
import { lookText, readLook } from "../../../activities/adapters/look-tool.js";
import {
  addedSize,
  addResult,
  newConversation,
} from "../../../activities/adapters/conversation.js";
import { shortenResults } from "../../../activities/adapters/compaction.js";
import {
  countPictures,
  PICTURE_TOKENS,
  seesPictures,
  withPictures,
} from "../../../activities/adapters/pictures.js";
import { readFeatureEvents } from "../../../store/feature-record.js";
import { type AttemptFixture, makeAttempts } from "../attempt-fixture.js";
import { browserFor, page, serving } from "./an-app.js";

let made: AttemptFixture | undefined;
afterEach(() => made?.end());

const look = (input: Record<string, unknown>) => ({ tool: "look", input });

describe("the tool look", () => {
  it("shows an agent the page that it has built, and what it asked wrongly", async () => {
    const content = serving(page('<p>Buy here.</p><button type="button">Pay</button>'));
    made = await makeAttempts({
      plan: { app: { run: "exec node app.mjs", readySeconds: 20 } },
      browser: browserFor,
      server: {
        replies: {
          "1.1": [
            { calls: [{ tool: "write", input: { path: "app.mjs", content } }] },
            {
              calls: [look({ url: "http://169.254.169.254/" }), look({ url: "/", viewport: "tv" })],
            },
            { calls: [look({ url: "/", steps: [{ click: "Pay" }, { expect: "Paid" }] })] },
            { calls: [{ tool: "finish", input: { summary: "seen" } }] },
          ],
        },
      },
    });
    expect(await made.run(made.input())).toMatchObject({ kind: "done", summary: "seen" });
    const { feature } = made.input();
    const events = await readFeatureEvents(made.paths.features, feature.missionId, "1.1");
    const last = events.at(-1);
    const sha256 = last?.kind === "attempt" ? (last.transcript?.sha256 ?? "") : "";
    const said = Buffer.from(await made.blobs.get(sha256)).toString();
    expect(said).toContain("error: url must be a path of the app, as /cart");
    expect(said).toContain("error: viewport must be desktop or mobile");
    expect(said).toContain('status 200, title "Shop"');
    expect(said).toMatch(/step 2 failed/);
    expect(said).toMatch(/ARIA snapshot:\n[^]*button "Pay"/);
    expect(made.server.calls).toHaveLength(4);
  });

  it("takes paths of the app and known steps alone", () => {
    for (const url of ["//evil.example", "/\\evil.example", "cart", "javascript:1"])
      expect(readLook({ url, viewport: "desktop", steps: undefined })).toHaveProperty("wrong");
    for (const steps of [[{ run: "rm" }], "all", [{ click: 3 }]])
      expect(readLook({ url: "/", viewport: "desktop", steps })).toHaveProperty("wrong");
    expect(
      readLook({ url: "/cart", viewport: "mobile", steps: [{ press: "Enter" }] }),
    ).toMatchObject({ flow: { url: "/cart" }, viewport: { name: "mobile" } });
  });

  it("says why there was nothing to see", () => {
    const none = { links: { checked: 0, external: 0 }, visits: [], findings: [], ignored: [] };
    const head = { version: 1, url: "", startedAt: "", ms: 1, verdict: "not-run" } as const;
    expect(lookText({ ...head, ...none, why: "The app listens on 4000." })).toContain(
      "The app listens on 4000.",
    );
  });
});

describe("a picture in a conversation", () => {
  const call = { id: "c1", name: "look", input: {} };
  const stored = { get: () => Promise.resolve(Buffer.from("PNG")) };

  it("is kept as its hash, counted at what it may cost, and sent whole", async () => {
    const conversation = newConversation("Build it.");
    const before = addedSize(conversation, "m", 0).bytes;
    addResult(conversation, call, "status 200", { sha256: "abc" });
    expect(JSON.stringify(conversation)).not.toContain(Buffer.from("PNG").toString("base64"));
    expect(addedSize(conversation, "m", 0).bytes).toBeGreaterThan(before + PICTURE_TOKENS);
    const sent = JSON.stringify(await withPictures(conversation.messages, stored));
    expect(sent).toContain(Buffer.from("PNG").toString("base64"));
    const gone = { get: () => Promise.reject(new Error("not here")) };
    const without = JSON.stringify(await withPictures(conversation.messages, gone));
    expect(without).toContain("[the picture is not on this host]");
    expect(countPictures(conversation.messages)).toBe(1);
  });

  it("goes first when room has to be made; its words stay", () => {
    const conversation = newConversation("Build it.");
    addResult(conversation, call, "status 200", { sha256: "abc" });
    expect(shortenResults(conversation.messages)).toBeGreaterThan(0);
    expect(countPictures(conversation.messages)).toBe(0);
    expect(JSON.stringify(conversation.messages)).toContain("status 200");
  });

  it("is shown only to models that are known to take it in a tool's result", () => {
    const sees = (
      provider: "anthropic" | "openai" | "google" | "compatible" | "demo",
      name: string,
    ) => seesPictures({ provider, name });
    expect(sees("anthropic", "claude-sonnet-4-5")).toBe(true);
    expect(sees("openai", "gpt-5")).toBe(true);
    expect(sees("google", "gemini-3-pro")).toBe(true);
    expect(sees("openai", "gpt-4o-mini")).toBe(false);
    expect(sees("openai", "o3-mini")).toBe(false);
    expect(sees("compatible", "claude-sonnet-4-5")).toBe(false);
  });
});
