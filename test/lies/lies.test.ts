import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { makeFolder, removeAll } from "../activities/mission-fixture.js";
import { LIES } from "./lies.js";
import { makeShop, play } from "./played.js";
import { TWINS } from "./twins.js";

let shared: string;
let shop: string;
beforeAll(async () => {
  shared = await makeFolder();
  shop = await makeShop(shared);
});
afterAll(() => removeAll(shared));

let root: string;
beforeEach(async () => {
  root = await makeFolder();
});
afterEach(() => removeAll(root));

describe("a feature is not done when its agent", () => {
  it.each(LIES.map((lie) => [lie.name, lie] as const))("%s", async (_, lie) => {
    const outcome = await play(root, shop, lie);
    expect(outcome.passed).toBe(false);
    const found = outcome.failed.map((id) => /^lie\/([a-z-]+)\//.exec(id)?.[1] ?? "check");
    expect(found).toContain(lie.by);
  });
});

describe("a feature is done when its agent", () => {
  it.each(TWINS.map((twin) => [twin.name, twin] as const))("%s", async (_, twin) => {
    const outcome = await play(root, shop, twin);
    expect(outcome).toMatchObject({ passed: true, failed: [] });
  });
});

describe("what the engine says of a lie", () => {
  it("names the file and what became of it, and how it is mended", async () => {
    const lie = LIES.find(({ name }) => name === "skips the test");
    const { summary, said } = await play(root, shop, lie ?? LIES[0] ?? { head: {} });
    expect(summary).toContain('test/price.test.js: the test "takes a tenth off');
    expect(said).toContain("FAIL lie/test-skipped/test/price.test.js");
    expect(said).toMatch(/Let the test run; where it truly has to change, leave the test red/);
  });

  it("shows what the plan allows without counting it", async () => {
    const twin = TWINS.find(({ name }) => name === "removes a test, and the plan said so");
    const { ran, said } = await play(root, shop, twin ?? { head: {} });
    expect(ran).toBe(1);
    expect(said).toContain("NOTED lie/test-removed/test/price.test.js");
    expect(said).toContain("(the plan allows it)");
  });
});
