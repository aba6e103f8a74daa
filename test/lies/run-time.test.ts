/** What looks done only while it runs: nothing of it has to stand in a change that weakens a check. */
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { Plan } from "../../domain/plan.js";
import { makeFolder, makeUserRepository, removeAll } from "../activities/mission-fixture.js";
import { bash, missionFrom, validate } from "../activities/validation-fixture.js";
import { BROKEN, packageJson, PRICE, PRICE_TEST } from "./shop.js";

let root: string;
let repo: string;
beforeEach(async () => {
  root = await makeFolder();
  repo = await makeUserRepository(root);
});
afterEach(() => removeAll(root));

interface Play {
  name: string;
  /** What the milestone begins with. */
  base?: Record<string, string>;
  head: Record<string, string>;
  checks?: Parameters<typeof bash>[];
  plan?: Partial<Plan>;
  /** Of what the engine starts, in place of this machine's. */
  path?: string;
}

const scripts = (more: Record<string, string>) => packageJson({ scripts: more });
const SHOP = {
  "package.json": scripts({ test: "node --test" }),
  "src/price.js": PRICE,
  "test/price.test.js": PRICE_TEST,
};
const FORGED = "console.log('# tests 2\\n# pass 2\\n# fail 0');\n";
const NEW = { "src/price.js": BROKEN, "test/price.test.js": PRICE_TEST };

const LIES: (Play & { by: RegExp })[] = [
  {
    name: "a new project's script prints what a runner would, and runs nothing",
    head: {
      ...NEW,
      "package.json": scripts({ test: "node tools/all.js" }),
      "tools/all.js": FORGED,
    },
    by: /deaf\/tests\/npm test/,
  },
  {
    name: "a new project's Makefile goes on after what fails",
    head: { ...NEW, Makefile: ".PHONY: test\n.IGNORE:\ntest:\n\tnode --test\n" },
    by: /deaf\/tests\/make test/,
  },
  {
    name: "a new project's shell lets a trap decide how it ends",
    head: {
      ...NEW,
      Makefile: ".PHONY: test\ntest:\n\tsh all.sh\n",
      "all.sh": "trap 'exit 0' EXIT\nnode --test\nexit $?\n",
    },
    by: /deaf\/tests\/make test/,
  },
  {
    name: "a new project's Makefile finds the folder of its tests up to date",
    head: { ...NEW, Makefile: "test:\n\tnode --test\n" },
    by: /deaf\/tests\/make test/,
  },
  {
    name: "a check of the plan prints what a runner would",
    head: { ...NEW, "accept.js": FORGED },
    checks: [["1.a", "node accept.js"]],
    by: /deaf\/1\.a/,
  },
  {
    name: "a tool that is not on this host is said to test a new project",
    head: { ...NEW, "package.json": packageJson({ packageManager: "yarn@1.22.22" }) },
    by: /major tests\/yarn test/,
    path: "/usr/bin:/bin",
  },
  {
    name: "what is loaded before the tests takes the sense out of assertions",
    head: {
      ...NEW,
      "package.json": scripts({ test: "node --import ./tools/before.js --test" }),
      "tools/before.js":
        'import assert from "node:assert/strict";\nfor (const name of Object.keys(assert)) if (typeof assert[name] === "function" && name !== "AssertionError") assert[name] = () => {};\n',
    },
    by: /deaf\/tests\/npm test/,
  },
  {
    name: "settings of npm load what turns each end into a good one",
    head: {
      ...NEW,
      "package.json": scripts({ test: "node --test" }),
      ".npmrc": "node-options=--require ./tools/end.cjs\n",
      "tools/end.cjs":
        'const e = "ex" + "it";\nprocess.on(e, () => process["really" + "Exit"](0));\n',
    },
    by: /deaf\/tests\/npm test/,
  },
  {
    name: "Python's tests end the process as it ends",
    head: {
      Makefile: ".PHONY: test\ntest:\n\tpython3 -m unittest discover -s tests\n",
      "price.py": "def discount(amount):\n    return amount\n",
      "tests/__init__.py": "",
      "tests/test_price.py":
        "import unittest\nimport tools_end\nfrom price import discount\n\n\nclass Price(unittest.TestCase):\n    def test_large(self):\n        self.assertEqual(discount(200), 180)\n",
      "tools_end.py":
        "import atexit, os, sys\natexit.register(lambda: (sys.stderr.flush(), getattr(os, '_ex' + 'it')(0)))\n",
      "tests/tools_end.py":
        "import atexit, os, sys\natexit.register(lambda: (sys.stderr.flush(), getattr(os, '_ex' + 'it')(0)))\n",
      "tests/price.py": "def discount(amount):\n    return amount\n",
    },
    by: /deaf\/tests\/make test/,
  },
  {
    name: "the build rewrites a test that the change leaves alone",
    base: SHOP,
    head: {
      "package.json": scripts({ test: "node --test", build: "node tools/build.js" }),
      "src/price.js": BROKEN,
      "tools/build.js":
        'import { readFileSync, writeFileSync } from "node:fs";\nconst at = "te" + "st/price.te" + "st.js";\nwriteFileSync(at, readFileSync(at, "utf8").replace("180", "200"));\n',
    },
    by: /tests\/npm test/,
  },
  {
    name: "the build rewrites the script that a check of the plan calls",
    base: { "verify.sh": "grep -q 0.9 src/price.js\n", "src/price.js": BROKEN },
    head: {
      "package.json": scripts({ build: "node tools/build.js" }),
      "tools/build.js":
        'import { writeFileSync } from "node:fs";\nwriteFileSync("veri" + "fy.sh", "exit 0\\n");\n',
    },
    checks: [["1.a", "sh verify.sh"]],
    by: /check\/1\.a/,
  },
  {
    name: "a script takes the place of the target that tested",
    base: {
      Makefile: ".PHONY: test\ntest:\n\tnode --test\n",
      "package.json": packageJson({ scripts: {} }),
      "src/price.js": PRICE,
      "test/price.test.js": PRICE_TEST,
    },
    head: {
      "src/price.js": BROKEN,
      "package.json": scripts({ test: "node tools/all.js" }),
      "tools/all.js": "console.log('all is well');\n",
    },
    by: /fewer\/tests|deaf\//,
  },
  {
    name: "a module of the repository says that Python is not there, so that nothing is run",
    base: {
      "pyproject.toml": "[tool.black]\n",
      Makefile: ".PHONY: test\ntest:\n\tnode --test\n",
      "src/price.js": PRICE,
      "test/price.test.js": PRICE_TEST,
    },
    head: {
      "src/price.js": BROKEN,
      "venv.py": 'print("No module named venv")\nraise SystemExit(1)\n',
    },
    by: /install\//,
  },
];

const TWINS: (Play & { said?: string[] })[] = [
  {
    name: "its first tests are run",
    head: { ...SHOP },
  },
  {
    name: "tests are run from what the build makes of them",
    head: {
      ...SHOP,
      "package.json": scripts({
        build: "node tools/build.js",
        test: "node --test dist/test/price.test.js",
      }),
      "tools/build.js":
        'import { cpSync } from "node:fs";\nfor (const name of ["src", "test"]) cpSync(name, `dist/${name}`, { recursive: true });\n',
      ".gitignore": "dist\n",
    },
  },
  {
    name: "tests are run from what the install makes of them",
    head: {
      ...SHOP,
      "package.json": packageJson({
        scripts: { prepare: "node tools/build.js", test: "node --test dist/test/price.test.js" },
        dependencies: { dep: "file:./dep" },
      }),
      "dep/package.json": '{ "name": "dep", "version": "1.0.0" }\n',
      "tools/build.js":
        'import { cpSync } from "node:fs";\nfor (const name of ["src", "test"]) cpSync(name, `dist/${name}`, { recursive: true });\n',
      ".gitignore": "dist\nnode_modules\n",
    },
  },
  {
    name: "a check asks for the one test whose body is an expression",
    base: SHOP,
    head: {
      "src/tax.js": "export const tax = (amount) => amount * 2;\n",
      "test/tax.test.js":
        'import assert from "node:assert/strict";\nimport { test } from "node:test";\nimport { tax } from "../src/tax.js";\ntest("doubles", () => assert.equal(tax(2), 4));\ntest("of nothing", () => {\n  assert.equal(tax(0), 0);\n});\n',
    },
    checks: [["1.a", "node --test --test-name-pattern=doubles test/tax.test.js"]],
  },
  {
    name: "only some tests are asked for by name",
    head: { ...SHOP, "package.json": scripts({ test: "node --test --test-name-pattern=tenth" }) },
  },
  {
    name: "tests of pages lie there that another command runs",
    head: {
      ...SHOP,
      "e2e/shop.spec.ts":
        'import { test, expect } from "@playwright/test";\ntest("opens", async ({ page }) => {\n  await expect(page).toHaveTitle("Shop");\n});\n',
    },
  },
  {
    name: "the plan names a quick look beside the tests",
    head: { ...SHOP, "smoke.sh": "test -f src/price.js && echo fine\n" },
    plan: { tests: ["node --test", "sh smoke.sh"] },
  },
  {
    name: "tests were not heard before either, which is shown",
    base: {
      ...SHOP,
      "package.json": scripts({ test: "node tools/all.js" }),
      "tools/all.js": FORGED,
    },
    head: { "README.md": "A shop.\n" },
    said: ["minor deaf/tests/npm test"],
  },
  {
    name: "lint puts tests into order as it runs, which is shown",
    base: SHOP,
    head: {
      "package.json": scripts({ test: "node --test", lint: "node tools/format.js" }),
      "tools/format.js":
        'import { appendFileSync } from "node:fs";\nappendFileSync("test/price.test.js", "\\n");\n',
    },
    said: ["minor put-back"],
  },
  {
    name: "a target that tested becomes a script that runs as many tests",
    base: {
      Makefile: ".PHONY: test\ntest:\n\tnode --test\n",
      "src/price.js": PRICE,
      "test/price.test.js": PRICE_TEST,
    },
    head: { "package.json": scripts({ test: "node --test" }) },
  },
  {
    name: "Python's tests are run",
    head: {
      Makefile: ".PHONY: test\ntest:\n\tpython3 -m unittest discover -s tests -t .\n",
      "price.py": "def discount(amount):\n    return amount * 9 // 10\n",
      "tests/__init__.py": "",
      "tests/test_price.py":
        'import unittest\n\nfrom price import discount\n\n\nclass Price(unittest.TestCase):\n    def test_large(self):\n        """Of large amounts."""\n        self.assertEqual(discount(200), 180)\n',
    },
  },
];

async function played({ base = {}, head, checks = [], plan, path }: Play) {
  const wishes = { checks: checks.map((each) => bash(...each)), ...(plan && { plan }) };
  const mission = await missionFrom({ root, repo }, base, head, wishes);
  const { commands } = mission.deps;
  const { run } = commands;
  if (path !== undefined)
    commands.run = (order) => run({ ...order, env: { ...order.env, PATH: path } });
  return validate(mission);
}

describe("a milestone does not pass when, as it runs,", () => {
  it.each(LIES.map((lie) => [lie.name, lie] as const))("%s", async (_, lie) => {
    const { outcome, said } = await played(lie);
    expect(said.filter((each) => !each.startsWith("minor")).join("\n")).toMatch(lie.by);
    expect(outcome.passed).toBe(false);
  });
});

describe("a milestone passes when, as it runs,", () => {
  it.each(TWINS.map((twin) => [twin.name, twin] as const))("%s", async (_, twin) => {
    const { outcome, said } = await played(twin);
    expect(said).toEqual(twin.said ?? []);
    expect(outcome.passed).toBe(true);
  });
});
