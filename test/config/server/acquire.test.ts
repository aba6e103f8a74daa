import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { readEnvironment } from "../../../config/env.js";
import { ACQUIRE_LIMITS, acquireBinary, cachedBinary } from "../../../config/server/acquire.js";
import { PINNED } from "../../../config/server/version.js";
import { EXIT } from "../../../domain/problem.js";
import {
  makeSandbox,
  startSilentServer,
  versionScript,
  type Sandbox,
  type SilentServer,
} from "./programs.js";

let sandbox: Sandbox;
/** Stands for an official site that never answers: the download goes through it as its proxy. */
let silent: SilentServer;
let lines: string[];
const limits = { ...ACQUIRE_LIMITS, downloadSilenceMs: 1_500 };

beforeEach(async () => {
  sandbox = await makeSandbox();
  silent = await startSilentServer();
  lines = [];
});
afterEach(async () => {
  await silent.close();
  await sandbox.remove();
});

const environmentOf = () =>
  readEnvironment({
    HOME: sandbox.folder,
    PATH: `${sandbox.binFolder}:/usr/bin:/bin`,
    XDG_CACHE_HOME: join(sandbox.folder, "cache"),
    HTTPS_PROXY: `http://127.0.0.1:${silent.port}`,
  });
const acquire = (fileVersion?: string) =>
  acquireBinary(environmentOf(), (line) => lines.push(line), fileVersion, limits);

describe("acquireBinary", () => {
  it("takes a temporal on PATH before anything else", async () => {
    const path = await sandbox.program("temporal", versionScript(PINNED.serverVersion));
    expect(await acquire()).toEqual({
      path,
      serverVersion: PINNED.serverVersion,
      source: "PATH",
    });
    expect(lines).toEqual([`Using ${path} from PATH: server ${PINNED.serverVersion}.`]);
  });

  it("says when the version on PATH differs from the tested one", async () => {
    await sandbox.program("temporal", versionScript("1.40.0"));
    expect(await acquire()).toMatchObject({ serverVersion: "1.40.0", source: "PATH" });
    expect(lines.join()).toContain(`tested with ${PINNED.serverVersion}`);
  });

  it.each([
    ["older than any that missions ran on", "1.20.0", undefined, "older than"],
    ["of another version than the missions' file", "1.40.0", "1.31.2", "kept by 1.31.2"],
  ])("passes over a temporal on PATH that is %s", async (_, version, fileVersion, reason) => {
    await sandbox.program("temporal", versionScript(version));
    await mkdir(join(sandbox.folder, "cache", "missions"), { recursive: true });
    const cached = cachedBinary(environmentOf().cacheHome);
    await copyFile(await sandbox.program("pinned", versionScript(PINNED.serverVersion)), cached);
    expect(await acquire(fileVersion)).toMatchObject({ path: cached, source: "cache" });
    expect(lines[0]).toContain(reason);
  });

  it("falls through a download that brings nothing to a build with Go, and caches it", async () => {
    const temporal = await sandbox.program("made", versionScript(PINNED.serverVersion));
    await sandbox.program(
      "go",
      `echo "$CGO_ENABLED $PWD $@" > ${sandbox.folder}/go-was-called
       echo github.com/example/one >&2
       while [ "$1" != "-o" ]; do shift; done
       cp ${temporal} "$2"`,
    );
    const cached = cachedBinary(environmentOf().cacheHome);
    expect(await acquire()).toEqual({
      path: cached,
      serverVersion: PINNED.serverVersion,
      source: "go build",
    });
    expect(lines.join("\n")).toMatch(/download: nothing came for 2 s/);
    const call = await readFile(join(sandbox.folder, "go-was-called"), "utf8");
    expect(call).toMatch(/^0 .*tools\/temporal build .*-trimpath .*-s -w.*cmd\/temporal/);
    expect(await readdir(join(sandbox.folder, "cache", "missions"))).toEqual([
      `temporal-${PINNED.cliVersion}`,
    ]);
    // The next time nothing is got again.
    await sandbox.program("go", "exit 1");
    expect(await acquire()).toMatchObject({ source: "cache" });
  });

  it("names every step's reason when no way leads to a server, and leaves nothing behind", async () => {
    await sandbox.program("go", 'echo "go: module lookup failed: no route to host" >&2; exit 1');
    await expect(acquire()).rejects.toMatchObject({
      exitCode: EXIT.noServer,
      message: expect.stringMatching(/download: nothing came.*go build: failed \(.*no route/),
    });
    expect(await readdir(join(sandbox.folder, "cache", "missions"))).toEqual([]);
  });

  it("says when Go is missing", async () => {
    const environment = readEnvironment({
      HOME: sandbox.folder,
      PATH: sandbox.binFolder,
      HTTPS_PROXY: `http://127.0.0.1:${silent.port}`,
    });
    await expect(
      acquireBinary(environment, () => undefined, undefined, limits),
    ).rejects.toMatchObject({
      message: expect.stringContaining("Go is not installed"),
      remedy: expect.stringContaining("go.dev"),
    });
  });

  it("says when the disk is full", async () => {
    await sandbox.program("go", 'echo "write: no space left on device" >&2; exit 1');
    await expect(acquire()).rejects.toMatchObject({
      exitCode: EXIT.environment,
      message: expect.stringContaining("disk is full"),
    });
  });

  it("does not take a half-made binary, and gets a broken one of the cache again", async () => {
    const cached = cachedBinary(environmentOf().cacheHome);
    await mkdir(join(sandbox.folder, "cache", "missions"), { recursive: true });
    await copyFile(await sandbox.program("broken", "exit 126"), cached);
    await sandbox.program("go", 'while [ "$1" != "-o" ]; do shift; done; echo half > "$2"');
    await expect(acquire()).rejects.toMatchObject({
      message: expect.stringContaining("what it gave does not run here"),
    });
    expect(lines[0]).toContain("does not run on this machine");
  });

  it("removes what a killed build left, and spares what a living one makes", async () => {
    const cache = join(sandbox.folder, "cache", "missions");
    await mkdir(join(cache, "partial-999999999-5"), { recursive: true });
    await sandbox.program("go", "exit 1");
    await expect(acquire()).rejects.toThrow();
    expect(existsSync(join(cache, "partial-999999999-5"))).toBe(false);
  });

  it("builds once when two ask at the same time", async () => {
    const temporal = await sandbox.program("made", versionScript(PINNED.serverVersion));
    await sandbox.program(
      "go",
      `echo call >> ${sandbox.folder}/calls
       while [ "$1" != "-o" ]; do shift; done
       cp ${temporal} "$2"`,
    );
    const both = await Promise.all([acquire(), acquire()]);
    expect(both.map(({ source }) => source).sort()).toEqual(["cache", "go build"]);
    expect(await readFile(join(sandbox.folder, "calls"), "utf8")).toBe("call\n");
  });
});
