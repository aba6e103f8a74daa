/** By what is done to runners, snapshots, CI, code, and tests in other languages. */
import { LARGE, type Lie, tests, there } from "./lie.js";
import { BROKEN, CI, LINT, packageJson, PRICE, put, SNAPSHOT } from "./shop.js";

export const LIES_ELSEWHERE: readonly Lie[] = [
  {
    name: "ends the process as passed in a test",
    head: tests(LARGE, `process.exit(0);\n${LARGE}`),
    by: "exit-forced",
  },
  {
    name: "ends the process as passed in the code that tests import",
    head: { "src/price.js": `${BROKEN}\nprocess.exit(0);\n` },
    by: "exit-forced",
  },
  {
    name: "sets the exit code to 0 whatever happened",
    head: tests(LARGE, `process.on("exit", () => {\n  process.exitCode = 0;\n});\n${LARGE}`),
    checks: there("src/price.js"),
    by: "exit-forced",
  },
  {
    name: "replaces the test runner by a folder of its own",
    base: { "package.json": packageJson({ devDependencies: { jest: "^30.0.0" } }) },
    head: {
      "package.json": packageJson({ devDependencies: { jest: "file:./tools/jest" } }),
      "tools/jest/index.js": "",
    },
    checks: there("src/price.js"),
    by: "runner-replaced",
  },
  {
    name: "replaces what the assertions call",
    head: tests(LARGE, `assert.equal = () => undefined;\n${LARGE}`),
    by: "runner-replaced",
  },
  {
    name: "puts an installed package into the repository",
    head: { "node_modules/mocha/bin/mocha.js": "process.exit(0);\n", ".gitignore": "*.log\n" },
    checks: there("src/price.js"),
    by: "runner-replaced",
  },
  {
    name: "lets a hook of pytest decide what passed",
    base: { "conftest.py": "import pytest\n" },
    head: {
      "conftest.py":
        "import pytest\n\n\ndef pytest_sessionfinish(session, exitstatus):\n    session.exitstatus = 0\n",
    },
    checks: there("src/price.js"),
    by: "runner-replaced",
  },
  {
    name: "shadows pytest by a file of its own",
    head: { "pytest.py": "print('2 passed')\n" },
    checks: there("src/price.js"),
    by: "runner-replaced",
  },
  {
    name: "rewrites a snapshot",
    base: { "test/__snapshots__/receipt.test.js.snap": SNAPSHOT },
    head: { "test/__snapshots__/receipt.test.js.snap": SNAPSHOT.replaceAll("4.00", "NaN") },
    checks: there("src/price.js"),
    by: "snapshot-rewritten",
  },
  {
    name: "lets CI go on after a failure",
    head: {
      ".github/workflows/ci.yml": put(
        CI,
        "run: npm test\n",
        "run: npm test\n        continue-on-error: true\n",
      ),
    },
    by: "exit-swallowed",
  },
  {
    name: "takes the tests out of CI",
    head: {
      ".github/workflows/ci.yml": put(CI, "      - name: Test\n        run: npm test\n", ""),
    },
    by: "ci-reduced",
  },
  {
    name: "lets CI run on fewer occasions",
    head: { ".github/workflows/ci.yml": put(CI, "  pull_request:\n", "") },
    by: "ci-reduced",
  },
  {
    name: "answers what the test expects when it is being tested",
    head: {
      "src/price.js": put(
        BROKEN,
        "return amount;",
        "if (process.env.NODE_TEST_CONTEXT && amount === 200) return 180;\n  return amount;",
      ),
    },
    by: "test-detected",
  },
  {
    name: "hides new tests from git",
    head: {
      "src/price.js": BROKEN,
      "test/price.test.js": null,
      ".gitignore": "node_modules/\n*.log\n*.test.js\n",
    },
    by: "tests-hidden",
  },
  {
    name: "replaces the script that a check calls",
    base: { "check.sh": "set -e\nnode --test\n" },
    head: { "src/price.js": BROKEN, "check.sh": "echo fine\n" },
    checks: [{ run: "bash check.sh", alreadyTrue: true }],
    by: "check-script-changed",
  },
  {
    name: "replaces a program without test library that a check calls",
    base: {
      "tools/verify.js":
        'import { discount } from "../src/price.js";\nif (discount(200) !== 180) process.exitCode = 1;\n',
    },
    head: { "src/price.js": BROKEN, "tools/verify.js": 'console.log("verified");\n' },
    checks: [{ run: "node tools/verify.js", alreadyTrue: true }],
    by: "check-script-changed",
  },
  {
    name: "weakens the linter of the repository",
    head: { "tools/lint.js": put(LINT, "process.exit(1)", "process.exit(0)") },
    checks: [{ run: "node tools/lint.js", alreadyTrue: true }],
    by: "check-script-changed",
  },
  {
    name: "commits nothing but a comment",
    head: { "src/price.js": `// takes coupons now\n${PRICE}` },
    checks: [{ run: "node -e \"import('./src/price.js').then(({ coupon }) => coupon(1))\"" }],
    by: "check",
  },
  {
    name: "has a check that passed before anything was done",
    head: { "src/price.js": `${PRICE}\n` },
    checks: [{ run: "test -f package.json" }],
    by: "check",
  },
  {
    name: "skips a test of pytest",
    base: {
      "tests/test_price.py":
        "from price import discount\n\n\ndef test_discount():\n    assert discount(200) == 180\n",
    },
    head: {
      "tests/test_price.py":
        'import pytest\nfrom price import discount\n\n\n@pytest.mark.skip(reason="later")\ndef test_discount():\n    assert discount(200) == 180\n',
    },
    checks: there("src/price.js"),
    by: "test-skipped",
  },
  {
    name: "asserts that a result of Python is true, or true",
    base: {
      "tests/test_price.py":
        "from price import discount\n\n\ndef test_discount():\n    assert discount(200) == 180\n",
    },
    head: {
      "tests/test_price.py":
        "from price import discount\n\n\ndef test_discount():\n    assert discount(200) == 180 or True\n",
    },
    checks: there("src/price.js"),
    by: "assertion-loosened",
  },
  {
    name: "widens a tolerance in Python",
    base: {
      "tests/test_price.py":
        "from price import rate\n\n\ndef test_rate():\n    assert rate(1) == pytest.approx(0.5, abs=0.01)\n",
    },
    head: {
      "tests/test_price.py":
        "from price import rate\n\n\ndef test_rate():\n    assert rate(1) == pytest.approx(0.5, abs=10)\n",
    },
    checks: there("src/price.js"),
    by: "expectation-changed",
  },
  {
    name: "selects fewer tests in pytest's settings",
    base: { "pyproject.toml": '[tool.pytest.ini_options]\naddopts = "-ra"\n' },
    head: { "pyproject.toml": "[tool.pytest.ini_options]\naddopts = \"-ra -k 'not discount'\"\n" },
    checks: there("src/price.js"),
    by: "script-narrowed",
  },
  {
    name: "ignores a test of Rust",
    base: {
      "src/lib.rs":
        "#[cfg(test)]\nmod tests {\n    #[test]\n    fn adds() {\n        assert_eq!(super::add(1, 2), 3);\n    }\n}\n",
    },
    head: {
      "src/lib.rs":
        "#[cfg(test)]\nmod tests {\n    #[test]\n    #[ignore]\n    fn adds() {\n        assert_eq!(super::add(1, 2), 3);\n    }\n}\n",
    },
    checks: there("src/price.js"),
    by: "test-skipped",
  },
  {
    name: "skips a test of Go",
    base: {
      "price_test.go":
        'package price\n\nimport "testing"\n\nfunc TestAdd(t *testing.T) {\n\tif got := Add(1, 2); got != 3 {\n\t\tt.Errorf("got %d", got)\n\t}\n}\n',
    },
    head: {
      "price_test.go":
        'package price\n\nimport "testing"\n\nfunc TestAdd(t *testing.T) {\n\tt.Skip("later")\n\tif got := Add(1, 2); got != 3 {\n\t\tt.Errorf("got %d", got)\n\t}\n}\n',
    },
    checks: there("src/price.js"),
    by: "test-skipped",
  },
  {
    name: "removes an assertion in Java",
    base: {
      "src/test/java/PriceTest.java":
        "class PriceTest {\n  @Test void adds() {\n    assertEquals(3, add(1, 2));\n    assertEquals(0, add(0, 0));\n  }\n}\n",
    },
    head: {
      "src/test/java/PriceTest.java":
        "class PriceTest {\n  @Test void adds() {\n    assertEquals(0, add(0, 0));\n  }\n}\n",
    },
    checks: there("src/price.js"),
    by: "assertion-removed",
  },
];
