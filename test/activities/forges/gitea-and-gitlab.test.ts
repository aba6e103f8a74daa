import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { createGitea } from "../../../activities/adapters/forges/gitea.js";
import { createGitlab } from "../../../activities/adapters/forges/gitlab.js";
import type { Fault } from "./faulty-server.js";
import { serveGitea } from "./gitea-server.js";
import { serveGitlab } from "./gitlab-server.js";
import {
  accessTo,
  anOrder,
  COMMIT,
  holdsUnderFaults,
  tellsTraces,
  turn,
  type TestForge,
  TOKEN,
} from "./test-forge.js";

describe.each([
  {
    name: "Gitea",
    serve: serveGitea,
    create: createGitea,
    key: /key set gitea --host git.example.com$/,
  },
  { name: "GitLab", serve: serveGitlab, create: createGitlab, key: /key set gitlab$/ },
])("pull requests on $name", ({ serve, create, key }) => {
  let forge: TestForge;
  beforeAll(async () => {
    forge = await serve();
  });
  afterEach(() => {
    forge.requests.length = forge.asked.length = forge.faults.length = 0;
    forge.ci.statuses.length = 0;
    delete forge.refuse.next;
  });
  afterAll(() => forge.close());
  const open = () => create(accessTo(forge));
  const writes = () => forge.asked.filter(({ method }) => method !== "GET");

  it("are opened once for a head and a base, and brought up to date", async () => {
    const first = await open().open(anOrder());
    expect(first).toMatchObject({ id: "1", awaitsCi: false });
    expect(await open().open(anOrder())).toEqual(first);
    expect(writes()).toHaveLength(1);
    await open().open(anOrder({ body: "More" }));
    expect(forge.requests).toMatchObject([{ body: "More", title: "Add a login (1.1)" }]);
  });

  it("are opened once whatever is lost, refused or cut on the way", async () => {
    await holdsUnderFaults(forge, open);
  });

  it("are found again after the answer to their making was lost", async () => {
    for (const fault of ["lost", "done-502", "torn"] satisfies Fault[]) {
      forge.requests.length = 0;
      forge.faults.push("none", fault);
      expect((await open().open(anOrder())).id).toBe("1");
      expect(forge.requests).toHaveLength(1);
    }
  });

  it("are found among many others", async () => {
    for (let n = 1; n <= 7; n += 1) await open().open(anOrder({ head: `feature-${n}` }));
    forge.asked.length = 0;
    expect((await open().open(anOrder({ head: "feature-1" }))).id).toBe("1");
    expect(writes()).toEqual([]);
  });

  it("send the token in a header that is not sent on, and nowhere else", async () => {
    await open().open(anOrder());
    for (const asked of forge.asked) {
      expect(asked.authorization).toMatch(/^(?:token|Bearer) token-that-nobody-may-see$/);
      expect(JSON.stringify([asked.path, asked.query, asked.body])).not.toContain(TOKEN);
    }
  });

  it("say what a person has to mend, without the token", async () => {
    const told = async (status: number, body: unknown) => {
      forge.refuse.next = { status, body, headers: { location: "https://elsewhere.example/" } };
      const error = (await open()
        .open(anOrder())
        .catch((thrown: unknown) => thrown)) as Error & {
        remedy: string;
      };
      expect(error.name).toBe("Problem");
      expect(JSON.stringify([error.message, error.remedy, error.stack])).not.toContain(TOKEN);
      return `${error.message} ${error.remedy}`;
    };
    expect(await told(401, { message: "401 Unauthorized" })).toMatch(key);
    expect(await told(403, { message: "403 Forbidden" })).toMatch(/may not do this in .*hello/);
    expect(await told(404, { message: "404 Not Found" })).toMatch(/has no repository .*hello/);
    expect(await told(302, undefined)).toMatch(/has moved away/);
    expect(await told(422, { message: { title: ["is too long"] } })).toMatch(/is too long/);
    expect(await told(200, "<html>")).toMatch(/is no (?:pull|merge) request/);
  });

  it("tell the state of what runs for a commit", async () => {
    const { id } = await open().open(anOrder());
    const read = () => open().read(id, COMMIT);
    expect(await read()).toEqual({ state: "open", ci: "none", failed: [] });
    forge.ci.statuses.push({ name: "build", state: "success" });
    expect(await read()).toMatchObject({ ci: "passed" });
    forge.ci.statuses.push({ name: "deploy", state: "pending" });
    expect(await read()).toMatchObject({ ci: "pending" });
    forge.ci.statuses.push({ name: "test", state: name() });
    expect(await read()).toMatchObject({
      ci: "failed",
      failed: ["test (https://ci.example.com/test)"],
    });
    turn(forge, "merged");
    expect(await read()).toMatchObject({ state: "merged" });
    expect((await open().open(anOrder())).awaitsCi).toBe(true);
  });
  const name = () => (create === createGitea ? "failure" : "failed");

  it("show what others did to them", async () => {
    await tellsTraces(forge, open);
  });

  it("stay closed when a person closed them", async () => {
    const { id } = await open().open(anOrder());
    await open().close(id);
    expect(forge.requests).toMatchObject([{ state: "closed" }]);
    await expect(open().open(anOrder())).rejects.toThrow("was closed without being merged");
  });
});
