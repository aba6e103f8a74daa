import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { EXIT } from "../../domain/problem.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const cli = join(root, "dist", "client", "cli.js");
let home: string;
let files: string;
let port: number;

beforeAll(async () => {
  if (!existsSync(cli)) throw new Error("dist/ is missing: run npm run build first");
  home = mkdtempSync(join(tmpdir(), "cli-home-"));
  files = mkdtempSync(join(tmpdir(), "cli-files-"));
  // A port where nothing listens: these commands must not need a server.
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  port = typeof address === "object" && address !== null ? address.port : 0;
  await new Promise((resolve) => server.close(resolve));
});
afterAll(() => {
  rmSync(home, { recursive: true });
  rmSync(files, { recursive: true });
});

interface Ran {
  code: number;
  out: string;
  err: string;
}
const run = (...args: string[]): Promise<Ran> =>
  new Promise((resolve) => {
    const env = {
      PATH: process.env["PATH"],
      HOME: home,
      LANG: "C.UTF-8",
      MISSIONS_TEMPORAL_PORT: String(port),
    };
    const child = execFile(
      process.execPath,
      [cli, ...args],
      { cwd: files, env },
      (error, out, err) => {
        resolve({ code: error === null ? 0 : Number(error.code), out, err });
      },
    );
    child.stdin?.end();
  });

const file = (name: string, content: string | Buffer) => {
  const path = join(files, name);
  writeFileSync(path, content);
  return path;
};
const plan = (features: string, budget = "money_usd: 1, time_hours: 1, token_limit: 1000") =>
  `title: T\ngoal: G\nbudget: {${budget}}\nmilestones:\n  - title: M\n    features:\n${features}`;
const step = (id: string, more = "") =>
  `      - {id: "${id}", title: F, commands: ["true"]${more}}\n`;
const good = () => file("good.yaml", plan(step("1.1")));
const git = (cwd: string, ...args: string[]) => execFileSync("git", args, { cwd, stdio: "ignore" });

/** One sentence, a remedy, the exit code, no stack, and nothing left behind. */
function expectRefusal({ code, out, err }: Ran, exitCode: number, sentence: RegExp) {
  expect(err).toMatch(sentence);
  expect(err).not.toMatch(/\n\s+at |node:internal|undefined|\[object/);
  expect(err.trim().split("\n").length).toBeGreaterThanOrEqual(2);
  expect({ code, out }).toEqual({ code: exitCode, out: "" });
  expect(readdirSync(home)).toEqual([]);
}

describe("the missions command, given something it cannot use,", () => {
  it("refuses a start without a goal that it can follow", async () => {
    expectRefusal(await run("start", ""), EXIT.badInput, /^The goal is empty\.$/m);
    expectRefusal(await run("start", "Build a CRM"), EXIT.badInput, /nobody can be asked/);
    expectRefusal(await run("start"), EXIT.badInput, /Nothing says what the mission is for/);
  });

  it("refuses a plan file that is missing, a folder, binary, huge or a bomb", async () => {
    const bomb = ["a: &a [x,x,x,x,x,x,x,x,x]"];
    for (const [name, of] of [
      ["b", "a"],
      ["c", "b"],
      ["d", "c"],
      ["e", "d"],
      ["f", "e"],
      ["g", "f"],
      ["h", "g"],
    ]) {
      bomb.push(`${name}: &${name} [${Array(9).fill(`*${of}`).join(",")}]`);
    }
    const refused = async (path: string, sentence: RegExp) => {
      expectRefusal(await run("start", "--plan", path), EXIT.badInput, sentence);
    };
    await refused("missing.yaml", /There is no plan at/);
    await refused(files, /is a folder/);
    await refused(file("binary.yaml", Buffer.from([0, 1, 2, 255])), /is not text/);
    await refused(file("huge.yaml", Buffer.alloc(20_000_000, "a")), /20\.0 MB/);
    await refused(file("bomb.yaml", bomb.join("\n")), /bomb\.yaml/);
    await refused(file("empty.yaml", ""), /is empty/);
  });

  it("refuses a plan that breaks the rules", async () => {
    const refused = async (text: string, sentence: RegExp) => {
      expectRefusal(await run("start", "--plan", file("bad.yaml", text)), EXIT.badInput, sentence);
    };
    await refused(plan(`      - {title: F, kind: dance, commands: ["true"]}\n`), /kind/);
    await refused(
      plan(step("1.1", ', dependsOn: ["1.2"]') + step("1.2", ', dependsOn: ["1.1"]')),
      /1\.1/,
    );
    await refused(plan(step("1.1") + step("1.1")), /1\.1/);
    await refused(
      plan(step("1.1"), "money_usd: .nan, time_hours: 1, token_limit: 1000"),
      /money_usd/,
    );
    await refused(
      plan(step("1.1"), "money_usd: 1e308, time_hours: 1, token_limit: 1000"),
      /money_usd/,
    );
    await refused(plan(step("1.1"), "money_usd: 0, time_hours: 1, token_limit: 1000"), /money_usd/);
    await refused(
      plan(Array.from({ length: 1_001 }, (_, at) => step(`1.${at + 1}`)).join("")),
      /1,?000/,
    );
  });

  it("refuses amounts that are none", async () => {
    for (const [flag, value] of [
      ["--budget", "NaN"],
      ["--budget", "1e308"],
      ["--hours", "-1"],
      ["--tokens", "1.5"],
      ["--deadline", "soon"],
      ["--at-once", "0"],
    ]) {
      const ran = await run("start", "--plan", good(), `${flag}=${value}`);
      expectRefusal(ran, EXIT.badInput, new RegExp(`${flag}`));
    }
  });

  it("refuses a repository that is none, bare, or has no commits", async () => {
    const at = (name: string) => {
      mkdirSync(join(files, name));
      return join(files, name);
    };
    const plain = at("plain");
    writeFileSync(join(plain, "x"), "");
    const bare = at("bare");
    git(bare, "init", "--bare", "-q");
    const fresh = at("fresh");
    git(fresh, "init", "-q");
    const refused = async (repo: string, sentence: RegExp) => {
      const ran = await run("start", "--plan", good(), "--repo", repo);
      expectRefusal(
        ran,
        ran.code === EXIT.environment ? EXIT.environment : EXIT.badInput,
        sentence,
      );
    };
    await refused(plain, /not a git repository/);
    await refused(bare, /bare/);
    await refused(fresh, /no commits/);
    await refused(good(), /is a file/);
  });

  it("asks for a model in words when the plan needs one and none is named", async () => {
    const path = file("model.yaml", plan("      - {title: F, brief: Do it}\n"));
    expectRefusal(
      await run("start", "--plan", path),
      EXIT.noModel,
      /needs a model and nothing names one/,
    );
    const named = file(
      "named.yaml",
      plan("      - {title: F, brief: Do it, model: anthropic/claude-sonnet-4-5}\n"),
    );
    expectRefusal(await run("start", "--plan", named), EXIT.noModel, /no key for anthropic/);
  });

  it("tells an unknown mission, command or option, and where to look", async () => {
    expectRefusal(await run("why", "1.2"), EXIT.notFound, /no mission yet/);
    expectRefusal(await run("frobnicate"), EXIT.badInput, /Unknown command/);
    expectRefusal(await run("pause", "--foo"), EXIT.badInput, /npx missions pause --help/);
    expectRefusal(await run("pause"), EXIT.noServer, /No Temporal server answers/);
  });

  it("answers with one JSON document when asked for it, also for errors", async () => {
    const { code, out, err } = await run("start", "", "--json");
    expect({ code, err }).toEqual({ code: EXIT.badInput, err: "" });
    expect(JSON.parse(out)).toMatchObject({
      error: { message: "The goal is empty.", exitCode: EXIT.badInput },
    });
    expect(JSON.parse((await run("why", "1.2", "--json")).out)).toMatchObject({
      error: { exitCode: EXIT.notFound },
    });
  });
});

describe("the missions command without a server", () => {
  it("prints help, its version, and the format of a plan", async () => {
    expect(await run("--help")).toMatchObject({ code: 0, err: "" });
    expect((await run("--version")).out).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(JSON.parse((await run("schema", "plan")).out)).toHaveProperty("properties");
  });

  it("lists nothing where nothing is", async () => {
    const { code, out } = await run("list", "--json");
    expect({ code, out: JSON.parse(out) as unknown }).toEqual({ code: 0, out: [] });
    expect(readdirSync(home)).toEqual([]);
  });

  it("keeps a key that came by stdin out of what it prints", async () => {
    const { code, out, err } = await run("key", "set", "sk-not-a-provider");
    expect(code).toBe(EXIT.badInput);
    expect(out + err).not.toContain("sk-not");
  });
});
