import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import {
  makeFolder,
  makeUserRepository,
  removeAll,
  writeFiles,
} from "../activities/mission-fixture.js";
import { bash, missionFrom, validate } from "../activities/validation-fixture.js";
import { BROKEN, type Files, packageJson, PRICE_TEST, put, SHOP } from "./shop.js";

let root: string;
let repo: string;
beforeEach(async () => {
  root = await makeFolder();
  repo = await makeUserRepository(root);
});
afterEach(() => removeAll(root));

const texts = (files: Files): Record<string, string> =>
  Object.fromEntries(
    Object.entries(files).filter((entry): entry is [string, string] => entry[1] !== null),
  );
const script = (test: string) => packageJson({ scripts: { test } });

/** Lies that a feature's own checks cannot see: a milestone's validation does. */
const LATER: readonly { name: string; base?: Files; head: Files; by: RegExp }[] = [
  {
    name: "its runner finds no test",
    base: { "package.json": script("echo 1..2; echo '# tests 2'") },
    head: { "package.json": script("echo 1..0; echo '# tests 0'") },
    by: /tests\//,
  },
  {
    name: "its tests pass only when they are run again",
    base: { "package.json": script("sh ./unit") },
    head: {
      unit: "printf '# tests 1\\n'\nif [ -f ../seen ]; then exit 0; fi\ntouch ../seen\nexit 1\n",
    },
    by: /tests\//,
  },
  {
    name: "a test was weakened that no check of a feature ran",
    head: { "src/price.js": BROKEN, "test/price.test.js": put(PRICE_TEST, "180", "200") },
    by: /^lie\/expectation-changed\//,
  },
];

describe("a milestone does not pass when", () => {
  it.each(LATER.map((lie) => [lie.name, lie] as const))(
    "%s",
    async (_, { base = {}, head, by }) => {
      const mission = await missionFrom({ root, repo }, texts({ ...SHOP, ...base }), texts(head));
      const { outcome } = await validate(mission);
      expect(outcome.passed).toBe(false);
      expect(outcome.findings).toContainEqual(expect.stringMatching(by));
    },
  );

  it("a check passed in the workspace by what is not in git", async () => {
    const shop = texts({ ...SHOP, "package.json": script("sh node_modules/.bin/runner") });
    const mission = await missionFrom(
      { root, repo },
      shop,
      {},
      { checks: [bash("1.a", "npm test")] },
    );
    const workspace = await mission.prepare("1.2");
    await writeFiles(mission.place(workspace).tree, {
      "src/price.js": BROKEN,
      "node_modules/.bin/runner": "exit 0\n",
    });
    const { commit } = await mission.commit("1.2", workspace);
    await mission.integrate("1.2", commit);
    expect((await validate(mission)).outcome.passed).toBe(false);
  });
});

describe("a milestone passes when", () => {
  it("its tests say more than before", async () => {
    const head = {
      "test/price.test.js": put(
        PRICE_TEST,
        "discount(99), 99);",
        "discount(99), 99);\n  assert.equal(discount(100), 90);",
      ),
    };
    const mission = await missionFrom({ root, repo }, texts(SHOP), texts(head));
    const { outcome, report } = await validate(mission);
    expect([outcome.passed, report.findings]).toEqual([true, []]);
  });

  it("its plan allowed what changed, and shows it", async () => {
    const head = { "src/price.js": BROKEN, "test/price.test.js": put(PRICE_TEST, "180", "200") };
    const mission = await missionFrom({ root, repo }, texts(SHOP), texts(head), {
      rewrites: ["test"],
    });
    const { outcome, said } = await validate(mission);
    expect([outcome.passed, said]).toEqual([
      true,
      ["minor lie/expectation-changed/test/price.test.js"],
    ]);
  });
});
