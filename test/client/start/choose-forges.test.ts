import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { mkdir } from "node:fs/promises";
import { chooseForges, forgeLines } from "../../../client/start/choose-forges.js";
import { makeMission } from "../../../client/start/make-mission.js";
import { choosePlaces } from "../../../client/start/places.js";
import { createUndo } from "../../../client/start/undo.js";
import { keepForgeToken } from "../../../config/forges.js";
import { Secret } from "../../../config/secret.js";
import type { ForgeKind } from "../../../domain/mission.js";
import type { Plan } from "../../../domain/plan.js";
import { readPlan } from "../../../domain/read-plan.js";
import { readMissionRecord } from "../../../store/mission-record.js";
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
import { aWrittenPlan, withFeature } from "../../helpers/plans.js";
import { aContext, type RecordedContext } from "../a-context.js";

const missionId = "m-20260304-abc123";
const branch = `mission/${missionId}`;

let root: string;
let context: RecordedContext;
let server: FaultyServer;
let host: string;
let plan: Plan;
let answers: Record<string, Answer>;
beforeEach(async () => {
  root = await makeFolder();
  const repo = await makeUserRepository(root);
  context = aContext(root, repo);
  await mkdir(context.environment.engineHome, { recursive: true });
  answers = {};
  const works = { status: 200, body: { archived: false, permissions: { push: true } } };
  server = await serveForge(({ path }) => answers[path.split("/").at(-1) ?? ""] ?? works);
  host = server.url.slice("http://".length);
  await keepForgeToken(context.paths.keys, host, "gitea", new Secret("token"));
  await userGit(repo, "remote", "add", "origin", `${server.url}/octo/hello.git`);
  const lib = await makeUserRepository(root, "lib");
  await userGit(lib, "remote", "add", "origin", `${server.url}/octo/lib.git`);
  const notes = await makeUserRepository(root, "notes");
  const written = withFeature({ repository: "lib" });
  plan = readPlan({ ...written, mode: "full", repositories: { lib, notes } });
});
afterEach(async () => {
  await server.close();
  await removeAll(root);
});

const choose = async (asked?: ForgeKind, of = plan) => {
  const places = await choosePlaces(context, of, missionId, {});
  return { places, ...(await chooseForges(context, { plan: of, missionId, places, asked })) };
};

describe("the forges of a mission", () => {
  it("are chosen for each repository by its own origin, said in a line each, and kept in the record", async () => {
    const { places, ...forges } = await choose();
    expect(forges.lines).toEqual([
      `octo/hello on ${host}, into ${branch}; --forge local keeps them in the mission folder`,
      `lib: octo/lib on ${host}, into ${branch}`,
      "notes: reviews/ of the mission folder (no remote `origin` on a forge)",
    ]);
    await makeMission(
      context,
      {
        ...{ missionId, plan, places, forges, approved: true },
        ...{ isDemo: false, unsandboxed: false, answers: [] },
      },
      createUndo(),
    );
    const record = await readMissionRecord(context.paths.state, missionId);
    expect(record?.forge?.project).toBe("octo/hello");
    expect(record?.otherForges).toEqual({
      lib: expect.objectContaining({
        kind: "gitea",
        project: "octo/lib",
        gitUrl: `${server.url}/octo/lib.git`,
      }),
    });
  });

  it("are all local where a person says so; a server that is named is meant for the mission's own", async () => {
    expect(await choose("local")).toMatchObject({
      lines: [
        "reviews/ of the mission folder",
        "lib: reviews/ of the mission folder",
        "notes: reviews/ of the mission folder",
      ],
    });
    expect(server.asked).toEqual([]);
    const { place, others } = await choose("gitea");
    expect([place?.project, Object.keys(others ?? {})]).toEqual(["octo/hello", ["lib"]]);
    const poc = { ...plan, mode: "poc" } as const;
    expect(await choose(undefined, poc)).toMatchObject({ lines: [] });
  });

  it("are refused with the name of the repository where the token does not work", async () => {
    answers["lib"] = { status: 404, body: {} };
    await expect(choose()).rejects.toThrow(/^The repository lib of the plan: .*octo\/lib/);
  });
});

describe("the forges at the plan gate", () => {
  const ask = () => forgeLines(context, { missionId, asked: undefined }, {});

  it("are chosen anew when the mode or the repositories change, and asked once for each answer", async () => {
    const lines = ask();
    const poc = { ...plan, mode: "poc" } as const;
    expect(await lines(poc)).toEqual([]);
    expect(server.asked).toEqual([]);
    expect(await lines(plan)).toHaveLength(3);
    expect(await lines(poc)).toEqual([]);
    expect(await lines(plan)).toHaveLength(3);
    expect(server.asked).toHaveLength(2);
    const alone = readPlan({ ...aWrittenPlan(), mode: "full" });
    expect(await lines(alone)).toEqual([expect.stringMatching(/^octo\/hello on /)]);
  });

  it("show what is wrong with one, and let the person go on", async () => {
    const nowhere = { ...plan, repositories: { lib: "nowhere" } };
    expect(await ask()(nowhere)).toEqual([expect.stringContaining("The repository lib of the")]);
    answers["lib"] = { status: 401, body: {} };
    expect(await ask()(plan)).toEqual([expect.stringMatching(/lib .*refused the token/)]);
  });
});
