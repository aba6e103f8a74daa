import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { findForges } from "../../../client/doctor/forges.js";
import { chooseForge } from "../../../client/start/choose-forge.js";
import { runKeyList, runKeyRemove, runKeyTest } from "../../../client/commands/key.js";
import { keepForgeToken } from "../../../config/forges.js";
import { Secret } from "../../../config/secret.js";
import type { Plan } from "../../../domain/plan.js";
import type { Problem } from "../../../domain/problem.js";
import {
  makeFolder,
  makeUserRepository,
  removeAll,
  userGit,
} from "../../activities/mission-fixture.js";
import {
  type Answer,
  type FaultyServer,
  serveForge,
} from "../../activities/forges/faulty-server.js";
import { aContext, type RecordedContext } from "../a-context.js";

const TOKEN = "token-that-nobody-may-see";
const missionId = "m-20260304-abc123";
const plan = { mode: "full", workspace: "git" } as Plan;

let root: string;
let repo: string;
let context: RecordedContext;
let server: FaultyServer;
let host: string;
let answer: Answer;
beforeEach(async () => {
  root = await makeFolder();
  repo = await makeUserRepository(root);
  context = aContext(root, repo);
  await mkdir(context.environment.engineHome, { recursive: true });
  answer = { status: 200, body: { archived: false, permissions: { push: true } } };
  server = await serveForge(() => answer);
  host = server.url.slice("http://".length);
});
afterEach(async () => {
  await server.close();
  await removeAll(root);
});

const origin = (address: string) => userGit(repo, "remote", "add", "origin", address);
const keep = () => keepForgeToken(context.paths.keys, host, "gitea", new Secret(TOKEN));
const choose = (fields: Partial<Plan> = {}, asked?: "local" | "github" | "gitea") =>
  chooseForge(context, { plan: { ...plan, ...fields }, missionId, root: repo, asked });
const refusal = async (run: Promise<unknown>) => {
  const error = (await run.catch((thrown: unknown) => thrown)) as Problem;
  expect(error.name).toBe("Problem");
  expect(JSON.stringify([error.message, error.remedy, error.stack])).not.toContain(TOKEN);
  return `${error.message} ${error.remedy}`;
};

describe("the forge of a mission", () => {
  it("is that of origin where its token is kept, with the branch to go back to", async () => {
    await origin(`${server.url}/octo/hello.git`);
    await keep();
    const { place, line } = await choose();
    expect(place).toEqual({
      kind: "gitea",
      host,
      project: "octo/hello",
      apiUrl: `${server.url}/api/v1`,
      gitUrl: `${server.url}/octo/hello.git`,
      target: "main",
      startCommit: await userGit(repo, "rev-parse", "HEAD"),
    });
    expect(line).toMatch(/^octo\/hello on 127\.0\.0\.1:\d+, into mission\/m-.*--forge local/);
    expect(server.asked).toMatchObject([
      { path: "/api/v1/repos/octo/hello", authorization: `token ${TOKEN}` },
    ]);
  });

  it("is local without origin, token or server, and says why", async () => {
    expect(await choose()).toEqual({
      line: "reviews/ of the mission folder (no remote `origin` on a forge)",
    });
    await origin("git@github.com:octo/hello.git");
    expect((await choose()).line).toMatch(
      /\(no token for github\.com is kept; npx missions key set github\)/,
    );
    expect(await choose({}, "local")).toEqual({ line: "reviews/ of the mission folder" });
    expect(await choose({ forge: "local" })).toEqual({ line: "reviews/ of the mission folder" });
    expect(await choose({ mode: "poc" })).toEqual({});
    expect(server.asked).toEqual([]);
  });

  it("has nowhere to go back to from a detached head", async () => {
    await origin(`${server.url}/octo/hello.git`);
    await keep();
    await userGit(repo, "checkout", "-q", "--detach");
    expect((await choose()).place).not.toHaveProperty("target");
  });

  it("is refused before anything is made where it cannot be used", async () => {
    expect(await refusal(choose({}, "github"))).toMatch(
      /no remote `origin`.*git remote add.*--forge local/,
    );
    expect(await refusal(choose({ mode: "poc" }, "github"))).toMatch(/Only a mission in Full mode/);
    await origin(`${server.url}/octo/hello.git`);
    expect(await refusal(choose({ forge: "gitea" }))).toMatch(
      /No token for 127.*key set gitea --host 127/,
    );
    await keep();
    expect(await refusal(choose({ forge: "github" }))).toMatch(/which is gitea and not github/);
    answer = { status: 401, body: { message: TOKEN } };
    expect(await refusal(choose())).toMatch(/refused the token\..*--forge local/);
    answer = { status: 404, body: {} };
    expect(await refusal(choose())).toMatch(/has no repository octo\/hello/);
    answer = { status: 200, body: { archived: true } };
    expect(await refusal(choose())).toMatch(/is archived/);
    answer = { status: 200, body: { permissions: { push: false } } };
    expect(await refusal(choose())).toMatch(/may not do this in octo\/hello/);
    answer = { status: 302, headers: { location: "http://127.0.0.1:9/" } };
    expect(await refusal(choose())).toMatch(/has moved away/);
  });

  it("may be away just now: the mission starts all the same", async () => {
    await origin(`${server.url}/octo/hello.git`);
    await keep();
    answer = { status: 503 };
    expect((await choose()).place).toMatchObject({ project: "octo/hello" });
    expect(context.notes).toEqual([expect.stringMatching(/status 503.*starts all the same/)]);
  });
});

describe("tokens of forges", () => {
  it("are kept beside the model keys for their owner, listed, tested and removed", async () => {
    await keep();
    expect((await stat(context.paths.keys)).mode & 0o777).toBe(0o600);
    await runKeyList(context);
    expect(context.answered.lines).toEqual([`gitea (${host})`]);
    expect(JSON.stringify(context.answered)).not.toContain(TOKEN);
    const setting = `{kind: gitea, api_url: "${server.url}/api/v1"}`;
    await writeFile(context.paths.settings, `forges: {"${host}": ${setting}}\n`);
    await runKeyTest(context, ["gitea"], { host });
    expect(context.answered.document).toMatchObject({ forge: "gitea", works: true });
    await runKeyRemove(context, ["gitea"], { host });
    expect(await readFile(context.paths.keys, "utf8")).not.toContain(TOKEN);
    expect(await refusal(runKeyTest(context, ["gitea"], { host }))).toMatch(/No token for 127/);
  });

  it("need the host of a forge that has none of its own", async () => {
    expect(await refusal(runKeyTest(context, ["gitea"]))).toMatch(
      /Which gitea.*--host git\.example\.com/,
    );
    expect(await refusal(runKeyTest(context, ["github"], { host: "a b" }))).toMatch(
      /no name of a host/,
    );
    expect(await refusal(runKeyTest(context, ["openai"], { host: "x" }))).toMatch(
      /Only a forge has a --host/,
    );
  });

  it("are asked for by doctor where origin is on a forge that has none", async () => {
    expect(await findForges(context.environment)).toMatchObject({ ok: true });
    await origin("git@github.com:octo/hello.git");
    expect(await findForges(context.environment)).toMatchObject({
      ok: "warn",
      remedy: "npx missions key set github",
    });
    await keepForgeToken(context.paths.keys, "github.com", "github", new Secret(TOKEN));
    const found = await findForges(context.environment);
    expect(found).toEqual({ name: "forge", ok: true, found: "github (github.com)" });
    await writeFile(context.paths.keys, "{", { mode: 0o600 });
    expect(await findForges(context.environment)).toMatchObject({ ok: false });
  });
});
