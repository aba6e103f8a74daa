import { beforeAll, describe, expect, it } from "@jest/globals";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from "@temporalio/worker";

const inRepository = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const histories = inRepository("test/replay/histories");
const recorded = readdirSync(histories, { recursive: true, encoding: "utf8" }).filter((name) =>
  name.endsWith(".json.gz"),
);

let code = "";
beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger("ERROR") });
  ({ code } = await bundleWorkflowCode({
    workflowsPath: inRepository("workflows/index.ts"),
    payloadConverterPath: inRepository("workflows/payload-converter.ts"),
    logger: new DefaultLogger("ERROR"),
  }));
});

/** Paths of our own files and packages in the bundle, from its source map. */
function bundledModules(): string[] {
  const encoded = /sourceMappingURL=data:application\/json[^,]*base64,([A-Za-z0-9+/=]+)/.exec(code);
  const map = JSON.parse(Buffer.from(encoded?.[1] ?? "", "base64").toString()) as {
    sources: string[];
  };
  return map.sources;
}

describe("the workflow bundle", () => {
  it("holds workflows, pure domain code and the SDK, and nothing that touches the outside", () => {
    const modules = bundledModules();
    const ours = modules.filter(
      (name) =>
        /\/(workflows|domain|store|activities|config|client|workers)\//.test(name) &&
        !name.includes("node_modules"),
    );
    expect(ours.length).toBeGreaterThan(20);
    expect(ours.filter((name) => !/\/(workflows|domain)\//.test(name))).toEqual([]);
    expect(ours.filter((name) => name.includes("schemas"))).toEqual([]);
    const packages = modules.flatMap(
      (name) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(name)?.[1] ?? [],
    );
    expect([...new Set(packages)].sort()).toEqual([
      "@temporalio/common",
      "@temporalio/workflow",
      "long",
      "ms",
      "nexus-rpc",
    ]);
  });
});

describe("recorded histories", () => {
  it("cover every workflow", () => {
    for (const part of ["mission", "budget", "1", "1-1.1"]) {
      expect(recorded.some((name) => name.includes(`.${part}.`))).toBe(true);
    }
  });

  // One worker for all of them: to make one for each takes most of the time.
  let failures: Map<string, Error | undefined> | undefined;
  const replayed = async () => {
    const results = Worker.runReplayHistories(
      { workflowBundle: { code } },
      recorded.map(readHistory),
    );
    const found = new Map<string, Error | undefined>();
    for await (const { runId, error } of results) found.set(runId, error);
    return found;
  };

  it.each(recorded)("replays %s", async (name) => {
    failures ??= await replayed();
    const runId = runOf(name);
    expect(failures.has(runId)).toBe(true);
    const failure = failures.get(runId);
    if (failure !== undefined) throw failure;
  });
});

interface Recorded {
  workflowId: string;
  history: {
    events: { workflowExecutionStartedEventAttributes?: { originalExecutionRunId: string } }[];
  };
}

const readHistory = (name: string) =>
  JSON.parse(gunzipSync(readFileSync(`${histories}/${name}`)).toString()) as Recorded;

const runOf = (name: string) =>
  readHistory(name).history.events[0]?.workflowExecutionStartedEventAttributes
    ?.originalExecutionRunId ?? "";
