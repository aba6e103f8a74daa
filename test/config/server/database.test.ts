import { mkdir, utimes, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import {
  checkDatabase,
  databaseFile,
  databaseVersions,
  markDatabase,
} from "../../../config/server/database.js";
import { problemInLog } from "../../../config/server/log-problem.js";
import { EXIT } from "../../../domain/problem.js";
import { enginePaths, type EnginePaths } from "../../../store/engine-paths.js";
import { makeSandbox, type Sandbox } from "./programs.js";

let sandbox: Sandbox;
let engine: EnginePaths;

beforeEach(async () => {
  sandbox = await makeSandbox();
  engine = enginePaths(sandbox.folder);
  await mkdir(engine.server);
});
afterEach(() => sandbox.remove());

describe("the server's database file", () => {
  it("is one for each server version, listed with the last used first", async () => {
    await writeFile(databaseFile(engine, "1.29.1"), "");
    await writeFile(databaseFile(engine, "1.31.2"), "");
    await utimes(databaseFile(engine, "1.31.2"), 1, 1);
    expect(await databaseVersions(engine)).toEqual(["1.29.1", "1.31.2"]);
  });

  it("is refused when another version made it, whatever it is called", async () => {
    const file = databaseFile(engine, "1.31.2");
    await writeFile(file, "SQLite format 3\0");
    await markDatabase(file, "1.30.0");
    await markDatabase(file, "1.31.2");
    await expect(checkDatabase(file, "1.31.2")).rejects.toMatchObject({
      exitCode: EXIT.environment,
      message: `${file} was made by Temporal server 1.30.0; server 1.31.2 cannot use it.`,
    });
    await expect(checkDatabase(file, "1.30.0")).resolves.toBeUndefined();
  });

  it("is refused when it is no database", async () => {
    const file = databaseFile(engine, "1.31.2");
    await writeFile(file, "a shopping list, long enough");
    await expect(checkDatabase(file, "1.31.2")).rejects.toMatchObject({
      message: `${file} is not a database.`,
    });
  });

  it("may be new", async () => {
    await expect(checkDatabase(databaseFile(engine, "9"), "9")).resolves.toBeUndefined();
  });
});

describe("problemInLog", () => {
  const where = { port: 7233, uiPort: 8233, dbFile: "/e/t.db", logFile: "/e/server.log" };
  it.each([
    ["sqlite: database or disk is full (13)", EXIT.environment, "is full"],
    ["write /e/t.db-wal: no space left on device", EXIT.environment, "is full"],
    ["SQL logic error: no such table: executions (1)", EXIT.environment, "another version"],
    ["file is not a database (26)", EXIT.environment, "damaged"],
    ["listen tcp 127.0.0.1:7233: bind: address already in use", EXIT.environment, "Port 7233"],
    ["fatal error: something new", EXIT.noServer, "(fatal error: something new)"],
    ["", EXIT.noServer, "did not come up."],
  ])("explains %j", (log, exitCode, words) => {
    const problem = problemInLog(log, where);
    expect(problem.exitCode).toBe(exitCode);
    expect(problem.message).toContain(words);
    expect(problem.remedy).toContain("npx missions up");
  });
});
