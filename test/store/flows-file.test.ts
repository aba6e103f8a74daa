import { afterEach, describe, expect, it } from "@jest/globals";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EXIT, Problem } from "../../domain/problem.js";
import { readFlowsFile } from "../../store/flows-file.js";

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function read(content: string | Uint8Array, name = "flows.yaml") {
  const folder = await mkdtemp(join(tmpdir(), "missions-flows-"));
  folders.push(folder);
  await writeFile(join(folder, name), content);
  return readFlowsFile(join(folder, name));
}

async function verdictOn(content: string | Uint8Array): Promise<string> {
  try {
    await read(content);
    return "fine";
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    expect(error.exitCode).toBe(EXIT.badInput);
    expect(error.remedy).not.toBe("");
    return `${error.message} ${error.remedy}`;
  }
}

describe("a file of flows", () => {
  it("is a list, JSON too, or whatever has flows, as a plan", async () => {
    const home = [{ url: "/", name: "home" }];
    expect(await read("- { url: /, name: home }\n")).toEqual(home);
    expect(await read(JSON.stringify(home), "flows.json")).toEqual(home);
    expect(await read("title: A plan\nflows:\n  - { url: /, name: home }\n")).toEqual(home);
  });

  it("keeps what is typed as text", async () => {
    const [flow] = await read("- {url: /, name: 7, steps: [{fill: 1, with: 007}, {expect: true}]}");
    expect(flow).toEqual({
      url: "/",
      name: "7",
      steps: [{ fill: "1", with: "007" }, { expect: "true" }],
    });
  });

  it.each([
    ["", /holds no list of flows.*\{url: \/, name: home\}/],
    ["[]", /holds no list of flows/],
    ["just words", /holds no list of flows/],
    ["- url: [", /flows\.yaml, line 1, column \d+: not valid YAML/],
    ["- {url: /, name: a, name: b}", /the key name is there twice/],
    ["- {url: /}", /Flow number 1: name is missing/],
    ["- {url: /, name: a, stps: []}", /Flow "a" has an unknown key "stps" \(did you mean steps\?/],
    ["- {url: /, name: a, steps: [{clck: b}]}", /Flow "a", step 1 does "clck".*mean click/],
    ["- {url: /, name: a}\n- {url: /b, name: a}", /flows\.yaml: flow "a" is there twice/],
    ["- {url: 'https://x.org', name: a}", /goes to "https:\/\/x\.org", which is not part of/],
    ["- {url: /}\n- {name: b}", /flows\.yaml has 2 faults:[^]*`npx missions schema flows` prints/],
    [new Uint8Array([0xff, 0xfe]), /is not text in UTF-8/],
  ])("of %j is refused with where and what to write", async (content, told) => {
    expect(await verdictOn(content)).toMatch(told);
  });

  it("says when there is none, or a folder", async () => {
    await expect(readFlowsFile(join(tmpdir(), "no-such-flows"))).rejects.toThrow(/no file/);
    await expect(readFlowsFile(tmpdir())).rejects.toThrow(/is not a file/);
  });
});
