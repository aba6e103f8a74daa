/** Tests of Go, Rust and Java, and what tests read. */
import { type Compared, file, go, goText, lie, rust, twin } from "./change.js";

const GO_BODY = '\tif got := Add(1, 2); got != 3 {\n\t\tt.Errorf("got %d", got)\n\t}\n';
const RUST_FN = "    #[test]\n    fn adds() {\n        assert_eq!(super::add(1, 2), 3);\n    }\n";
const java = (body: string) => `class PriceTest {\n  @Test void adds() {\n    ${body}\n  }\n}\n`;
const cases = (...paid: number[]) =>
  JSON.stringify(
    paid.map((each, at) => ({ amount: at * 100, expected: each })),
    null,
    2,
  );

export const ELSEWHERE: readonly Compared[] = [
  lie(
    "test-removed",
    "renames a test so that go does not run it",
    go(`func testAdd(t *testing.T) {\n${GO_BODY}}\n`),
  ),
  twin(
    "takes a test of Go apart into functions",
    go(
      `func checkAdd(t *testing.T) {\n${GO_BODY}}\n\nfunc TestAdd(t *testing.T) {\n\tcheckAdd(t)\n}\n`,
    ),
  ),
  lie("test-skipped", "lets a build tag leave a test of Go out", {
    "price_test.go": [goText, `//go:build never\n\n${goText}`],
  }),
  twin("lets a build tag leave a test of Go out on one system", {
    "price_test.go": [goText, `//go:build !windows\n\n${goText}`],
  }),
  lie("runner-replaced", "has a main of tests that runs none", {
    "price_test.go": [goText, `${goText}\nfunc TestMain(m *testing.M) {\n\tprintln("ok")\n}\n`],
  }),
  twin("has a main of tests that prepares something", {
    "price_test.go": [
      goText,
      `${goText}\nfunc TestMain(m *testing.M) {\n\tprepare()\n\tos.Exit(m.Run())\n}\n`,
    ],
  }),
  lie("test-removed", "gives a test of Go a name that go overlooks", {
    "price_test.go": [goText, undefined],
    "_price_test.go": [undefined, goText],
  }),
  lie("test-skipped", "gives a test of Go the name of another system", {
    "price_test.go": [goText, undefined],
    "price_plan9_test.go": [undefined, goText],
  }),
  lie(
    "assertion-guarded",
    "asserts in a goroutine that nobody waits for",
    go(`func TestAdd(t *testing.T) {\n\tgo func() {\n${GO_BODY}\t}()\n}\n`),
  ),
  twin(
    "asserts in goroutines that it waits for",
    go(
      `func TestAdd(t *testing.T) {\n\tvar wg sync.WaitGroup\n\twg.Add(1)\n\tgo func() {\n\tdefer wg.Done()\n${GO_BODY}\t}()\n\twg.Wait()\n}\n`,
    ),
  ),
  lie("runner-replaced", "puts a folder in place of a library of assertions", {
    ...file(
      "go.mod",
      "module shop\n\nrequire github.com/stretchr/testify v1.9.0\n",
      "module shop\n\nrequire github.com/stretchr/testify v1.9.0\n\nreplace github.com/stretchr/testify => ./fake\n",
    ),
  }),
  twin("puts a folder in place of a module of its own", {
    ...file(
      "go.mod",
      "module shop\n\nrequire example.com/money v1.9.0\n",
      "module shop\n\nrequire example.com/money v1.9.0\n\nreplace example.com/money => ../money\n",
    ),
  }),
  lie(
    "test-removed",
    "takes the mark of a test away in Rust",
    rust(`#[cfg(test)]\nmod tests {\n${RUST_FN.replace("    #[test]\n", "")}}\n`),
  ),
  lie(
    "test-skipped",
    "lets a condition leave all tests of Rust out",
    rust(`#[cfg(all(test, feature = "slow"))]\nmod tests {\n${RUST_FN}}\n`),
  ),
  twin(
    "lets tests of Rust run on one family of systems",
    rust(`#[cfg(all(test, unix))]\nmod tests {\n${RUST_FN}}\n`),
  ),
  lie("test-removed", "no longer takes a file of tests in", {
    "tests/main.rs": ["mod price;\nmod cart;\n", "mod cart;\n"],
  }),
  twin("takes a file of tests in under another name", {
    "tests/main.rs": ["mod price;\nmod cart;\n", "mod cart;\nmod prices;\n"],
    "tests/price.rs": ["#[test]\nfn adds() {\n    assert_eq!(add(1), 3);\n}\n", undefined],
    "tests/prices.rs": [undefined, "#[test]\nfn adds() {\n    assert_eq!(add(1), 3);\n}\n"],
  }),
  lie(
    "assertion-guarded",
    "catches what an assertion of Rust says",
    rust(
      "#[cfg(test)]\nmod tests {\n    #[test]\n    fn adds() {\n        let _ = std::panic::catch_unwind(|| { assert_eq!(super::add(1, 2), 3); });\n    }\n}\n",
    ),
  ),
  lie("runner-replaced", "lets another program run the tests of Rust", {
    ...file(
      ".cargo/config.toml",
      undefined,
      '[target.x86_64-unknown-linux-gnu]\nrunner = "true"\n',
    ),
  }),
  twin("lets an emulator run the tests of a board", {
    ...file(
      ".cargo/config.toml",
      undefined,
      '[target.thumbv7em-none-eabihf]\nrunner = "probe-run --chip X"\n',
    ),
  }),
  lie(
    "assertion-removed",
    "asserts in Java that true is true",
    file(
      "src/test/java/PriceTest.java",
      java("assertEquals(3, add(1, 2));"),
      java("assertTrue(true);"),
    ),
  ),
  lie("test-skipped", "switches a test of TestNG off", {
    ...file(
      "src/test/java/PriceTest.java",
      java("assertEquals(3, add(1, 2));"),
      java("assertEquals(3, add(1, 2));").replace("@Test", "@Test(enabled = false)"),
    ),
  }),
  twin("says more of a failure in Java", {
    ...file(
      "src/test/java/PriceTest.java",
      java("assertEquals(3, add(1, 2));"),
      java('assertEquals(3, add(1, 2), "adds");'),
    ),
  }),
  lie(
    "cases-removed",
    "changes the cases that a test reads",
    file("test/cases.json", cases(0, 90, 180), cases(0, 100, 200)),
  ),
  twin(
    "adds to the cases that a test reads",
    file("test/cases.json", cases(0, 90), cases(0, 90, 180)),
  ),
  lie("snapshot-rewritten", "changes what a test expects in a file of its own", {
    ...file("test/fixtures/expected-receipt.txt", "total 180\n", "total 200\n"),
  }),
  lie("runner-replaced", "links the installed packages to a folder", {
    node_modules: [undefined, null],
  }),
];
