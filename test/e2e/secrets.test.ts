/** A command of an agent, a script or a check that prints its environment prints no key, and no key lies in any file we write. */
import { afterEach, describe, expect, it } from "@jest/globals";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeKey } from "../../config/keys.js";
import { Secret } from "../../config/secret.js";
import { featureWorkflowId } from "../../domain/ids.js";
import { startModelServer, type ModelServer } from "../../workers/demo-model-server.js";
import { testAddress } from "../helpers/with-worker.js";
import { openEngine, type Engine } from "./engine.js";
import { filesOf, recordOf, untilEnded } from "./outcome.js";
import { startFromPlan } from "./start.js";

let engine: Engine | undefined;
let model: ModelServer | undefined;
afterEach(async () => {
  await engine?.close();
  await model?.stop();
});

const IN_FILE = "sk-file-5f0c2b7e91d84a";
const IN_ENVIRONMENT = "sk-environment-77c1e0a4d2b953";
const PRINT = "env; export; set";

const replies = {
  "1.1": [
    { say: "What is there?", calls: [{ tool: "run", input: { command: PRINT } }] },
    { say: "A file.", calls: [{ tool: "run", input: { command: `(${PRINT}) > agent.txt` } }] },
    { say: "Done." },
  ],
};
const shows = (file: string) => [
  { sentence: "It is there.", verify: { method: "bash", run: `${PRINT}; test -s ${file}` } },
];
const plan = {
  title: "Curious",
  goal: "Print the environment.",
  budget: { money_usd: 5, time_hours: 1, token_limit: 1_000_000 },
  model_routing: { workers: "compatible/canned" },
  milestones: [
    {
      title: "One",
      checks: shows("agent.txt"),
      features: [
        {
          title: "Agent",
          brief: "Look.",
          touches: ["agent.txt"],
          estimate: { usd: 1, hours: 0.1, tokens: 100_000 },
          checks: shows("agent.txt"),
        },
        {
          title: "Script",
          touches: ["script.txt"],
          commands: [PRINT, `(${PRINT}) > script.txt`],
          checks: shows("script.txt"),
        },
      ],
    },
  ],
};

describe("commands that print their environment", () => {
  it("print no key of a model, wherever the output goes", async () => {
    const served = (model = await startModelServer({ replies }));
    const open = (engine = await openEngine(testAddress(), {
      MISSIONS_COMPATIBLE_BASE_URL: served.baseUrl,
      MISSIONS_COMPATIBLE_API_KEY: IN_ENVIRONMENT,
    }));
    await writeKey(open.paths.keys, "anthropic", new Secret(IN_FILE));
    await writeFile(
      open.paths.settings,
      "models: {compatible/canned: {input_usd_per_million: 3, output_usd_per_million: 15}}\n",
    );
    await open.startWorker({ ANTHROPIC_API_KEY: IN_FILE });
    const { missionId } = await startFromPlan(open, plan, { unsandboxed: true });
    expect(await untilEnded(open, missionId)).toBe("completed");

    const files = await filesOf(await recordOf(open, missionId));
    // The environments really were printed.
    for (const name of ["agent.txt", "script.txt"]) expect(files[name]).toContain("PATH=");
    const found = await filesWith(open.root, [IN_FILE, IN_ENVIRONMENT]);
    expect(found).toEqual([open.paths.keys]);
    for (const text of Object.values(files)) expect(text).not.toMatch(/sk-(?:file|environment)/);
    const feature = featureWorkflowId(missionId, "1", "1.1");
    const history = await open.client.workflow.getHandle(feature).fetchHistory();
    expect(JSON.stringify(history)).not.toMatch(/sk-(?:file|environment)/);
    expect(evidenceOf(await blobTexts(open))).toBeGreaterThan(0);
  });
});

/** Files below `folder`, in whatever repository, log or blob, that hold one of the texts. */
async function filesWith(folder: string, texts: string[]): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries.filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const content = await readFile(path, "latin1").catch(() => "");
    if (texts.some((text) => content.includes(text))) found.push(path);
  }
  return found;
}

async function blobTexts({ paths }: Engine): Promise<string[]> {
  const entries = await readdir(paths.blobs, { recursive: true, withFileTypes: true });
  const files = entries.filter((each) => each.isFile());
  return Promise.all(files.map((each) => readFile(join(each.parentPath, each.name), "utf8")));
}

const evidenceOf = (texts: string[]) => texts.filter((text) => text.includes("PATH=")).length;
