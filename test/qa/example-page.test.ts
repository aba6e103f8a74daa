import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { parse } from "yaml";
import { DESKTOP, MOBILE } from "../../domain/qa.js";
import { runQa } from "../../qa/run.js";
import { serve, startBrowser } from "./pages.js";

const REPLIES = new URL("../../examples/web-service/replies.yaml", import.meta.url);

interface Turn {
  calls?: { tool: string; input: { path?: string; content?: string } }[];
}

/** The page that the example's agent writes. */
async function examplePage(): Promise<string> {
  const replies = parse(await readFile(REPLIES, "utf8")) as Record<string, unknown>;
  const calls = Object.values(replies)
    .filter((turns): turns is Turn[] => Array.isArray(turns))
    .flatMap((turns) => turns.flatMap((turn) => turn.calls ?? []));
  const written = calls.findLast(
    ({ tool, input }) => tool === "write" && input.path === "public/index.html",
  );
  if (written?.input.content === undefined) throw new Error("the example writes no page");
  return written.input.content;
}

it("The page of the example in examples/web-service has no fault, with notes and without", async () => {
  const out = await mkdtemp(join(tmpdir(), "example-page-"));
  const { browser, close } = await startBrowser();
  const notes = [
    { id: 1, text: "Milk" },
    {
      id: 2,
      text: "A note of many words, as people write them when they have something to say ".repeat(3),
    },
  ];
  let shown: typeof notes = [];
  const app = await serve({
    "/": await examplePage(),
    "/notes": (_, response) =>
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(shown)),
  });
  try {
    for (shown of [[], notes]) {
      const report = await runQa({
        url: app.url,
        flows: [{ url: "/", name: "notes" }],
        viewports: [DESKTOP, MOBILE],
        out,
        browser: { running: browser },
        timeouts: { slowLoadMs: 60_000 },
      });
      expect(report.findings).toEqual([]);
      expect(report.verdict).toBe("passed");
    }
  } finally {
    await close();
    await app.stop();
    await rm(out, { recursive: true });
  }
});
