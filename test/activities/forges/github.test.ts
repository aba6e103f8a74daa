import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { createGithub } from "../../../activities/adapters/forges/github.js";
import type { Fault } from "./faulty-server.js";
import { serveGithub } from "./github-server.js";
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

let forge: TestForge;
beforeAll(async () => {
  forge = await serveGithub();
});
afterEach(() => {
  forge.requests.length = forge.asked.length = forge.faults.length = 0;
  forge.ci.runs.length = forge.ci.statuses.length = 0;
  delete forge.refuse.next;
});
afterAll(() => forge.close());

const atOnce = { key: () => ({ schedule: (_job: unknown, run: () => unknown) => run() }) };
/** The library spaces writes by seconds; here they follow one another at once. */
const open = () => createGithub(accessTo(forge), { write: atOnce, notifications: atOnce } as never);
const writes = () => forge.asked.filter(({ method }) => method !== "GET");

describe("pull requests on GitHub", () => {
  it("are opened once for a head and a base, and brought up to date", async () => {
    const first = await open().open(anOrder());
    expect(first).toEqual({
      id: "1",
      where: "https://github.com/octo/hello/pull/1",
      awaitsCi: false,
    });
    expect(await open().open(anOrder())).toEqual(first);
    expect(writes()).toHaveLength(1);
    await open().open(anOrder({ title: "Another (1.1)" }));
    expect(forge.requests).toMatchObject([{ title: "Another (1.1)" }]);
  });

  it("are opened once whatever is lost, refused or cut on the way", async () => {
    await holdsUnderFaults(forge, open);
  });

  it("are found again after the answer to their making was lost", async () => {
    // list, make
    for (const fault of ["lost", "done-502", "torn"] satisfies Fault[]) {
      forge.requests.length = 0;
      forge.faults.push("none", fault);
      expect((await open().open(anOrder())).id).toBe("1");
      expect(forge.requests).toHaveLength(1);
    }
  });

  it("wait out a rate limit of a minute at most, and say until when the others last", async () => {
    forge.faults.push("primary", "secondary");
    await open().open(anOrder());
    expect(forge.requests).toHaveLength(1);
    const reset = Math.floor(Date.now() / 1_000) + 3_000;
    const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(reset) };
    forge.refuse.next = { status: 403, body: { message: "API rate limit exceeded" }, headers };
    await expect(open().open(anOrder())).rejects.toMatchObject({
      name: "ForgeUnavailable",
      retryAtMs: reset * 1_000,
    });
  });

  it("show what others did to them", async () => {
    await tellsTraces(forge, open);
  });

  it("stay closed when a person closed them", async () => {
    await open().open(anOrder());
    turn(forge, "closed");
    await expect(open().open(anOrder())).rejects.toMatchObject({
      message: expect.stringContaining("was closed without being merged"),
      remedy: expect.stringContaining("Reopen it"),
    });
    expect(forge.requests).toHaveLength(1);
  });

  it("say what a person has to mend, without the token", async () => {
    const told = async (status: number, message: string) => {
      forge.refuse.next = { status, body: { message } };
      const error = (await open()
        .open(anOrder())
        .catch((thrown: unknown) => thrown)) as Error & {
        remedy: string;
      };
      expect(error.name).toBe("Problem");
      expect(JSON.stringify([error.message, error.remedy, error.stack])).not.toContain(TOKEN);
      expect(error.cause).toBeUndefined();
      return `${error.message} ${error.remedy}`;
    };
    expect(await told(401, "Bad credentials")).toMatch(
      /refused the token.*npx missions key set github$/,
    );
    expect(await told(403, "Resource not accessible by personal access token")).toMatch(
      /may not do this in octo\/hello: Resource not accessible.*Pull requests \(read and write\)/,
    );
    expect(await told(403, "Repository was archived so is read-only.")).toMatch(/is archived/);
    expect(await told(404, "Not Found")).toMatch(/has no repository octo\/hello/);
    expect(await told(301, "Moved Permanently")).toMatch(/has moved away.*git remote set-url/);
    expect(await told(422, "Validation Failed: No commits between a and b")).toMatch(
      /refused it \(422\): .*No commits between/,
    );
  });

  it("tell the state of all checks and statuses of a commit", async () => {
    const { id } = await open().open(anOrder());
    const read = () => open().read(id, COMMIT);
    expect(await read()).toEqual({ state: "open", ci: "none", failed: [] });
    forge.ci.runs.push({ name: "build", state: "success" }, { name: "lint", state: "skipped" });
    expect(await read()).toMatchObject({ ci: "passed" });
    forge.ci.statuses.push({ name: "deploy", state: "pending" });
    expect(await read()).toMatchObject({ ci: "pending" });
    forge.ci.runs.push({ name: "test", state: "timed_out" });
    expect(await read()).toMatchObject({
      ci: "failed",
      failed: [expect.stringMatching(/^test \(https:\/\//)],
    });
    turn(forge, "merged");
    expect((await open().open(anOrder())).awaitsCi).toBe(true);
    expect(await read()).toMatchObject({ state: "merged" });
  });

  it("are closed where they have to be", async () => {
    const { id } = await open().open(anOrder());
    await open().close(id);
    expect(forge.requests).toMatchObject([{ state: "closed" }]);
  });
});
