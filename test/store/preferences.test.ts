import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { EXIT } from "../../domain/problem.js";
import { readPreferences, rememberPreferences } from "../../store/preferences.js";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "preferences-"));
});
afterEach(() => rm(home, { recursive: true }));
const file = () => join(home, "preferences.yaml");
const written = () => readFile(file(), "utf8");

describe("remembered preferences", () => {
  it("are none without a file, and what was written with one", async () => {
    expect(await readPreferences(home)).toEqual({});
    expect(await rememberPreferences(join(home, "new"), { stack: "Go, htmx" })).toBe(true);
    expect(await readPreferences(join(home, "new"))).toEqual({ stack: "Go, htmx" });
  });

  it("are read with comments, lists, numbers and other keys around them", async () => {
    await writeFile(
      file(),
      "# mine\nstack: TypeScript # always\nvendors_avoided: [Foo, Bar]\ntone: 7\nmine: {a: 1}\n",
    );
    expect(await readPreferences(home)).toEqual({
      stack: "TypeScript",
      vendors_avoided: "Foo, Bar",
      tone: "7",
    });
  });

  it("change alone in the file, and are removed when there is none any more", async () => {
    await writeFile(
      file(),
      "# mine\nstack: TypeScript # always\n\nmine: {a: 1} # keep\ntone: warm\n",
    );
    await rememberPreferences(home, { stack: "Go", tone: undefined, deploy_target: "fly: io" });
    expect(await written()).toBe(
      '# mine\nstack: Go # always\n\nmine: { a: 1 } # keep\ndeploy_target: "fly: io"\n',
    );
  });

  it("are not written again when nothing changed", async () => {
    const text = "vendors_avoided:   [Foo,   Bar]\n";
    await writeFile(file(), text);
    expect(await rememberPreferences(home, { vendors_avoided: "Foo, Bar" })).toBe(false);
    expect(await rememberPreferences(home, {})).toBe(false);
    expect(await written()).toBe(text);
  });

  it("in a broken file are a sentence with a remedy, and the file stays as it is", async () => {
    const bomb = ["a: &a [x,x,x,x,x,x,x,x,x]"];
    for (const pair of ["ba", "cb", "dc", "ed", "fe", "gf"]) {
      const [name, of] = [pair.charAt(0), pair.charAt(1)];
      bomb.push(`${name}: &${name} [${Array(9).fill(`*${of}`).join(",")}]`);
    }
    for (const text of ["stack: [half", "- a\n- b\n", "just words", bomb.join("\n")]) {
      await writeFile(file(), text);
      const refused = {
        name: "Problem",
        exitCode: EXIT.badInput,
        message: expect.stringMatching(/^Your preferences cannot be used: [^\n]+\.$/),
        remedy: expect.stringContaining(file()),
      };
      await expect(readPreferences(home)).rejects.toMatchObject(refused);
      await expect(rememberPreferences(home, { stack: "Go" })).rejects.toMatchObject(refused);
      expect(await written()).toBe(text);
    }
  });
});
