/** Tests of Python. */
import { type Compared, file, lie, py, twin } from "./change.js";

const ASSERT = "    assert discount(200) == 180\n";
const CLASS = (more: string, kind = "def") =>
  `class TestPrice(unittest.TestCase):\n${more}    ${kind} test_discount(self):\n        self.assertEqual(discount(200), 180)\n`;

export const IN_PYTHON: readonly Compared[] = [
  lie(
    "test-removed",
    "renames a test so that pytest does not find it",
    py(`def check_discount():\n${ASSERT}`),
  ),
  twin(
    "takes the assertion of a test into a function that it calls",
    py(`def check_discount():\n${ASSERT}\n\ndef test_discount():\n    check_discount()\n`),
  ),
  lie(
    "test-emptied",
    "defines the test a second time, empty",
    py(`def test_discount():\n${ASSERT}\n\ndef test_discount():\n    discount(200)\n`),
  ),
  twin(
    "has one name in two classes",
    py(
      `class TestA:\n    def test_discount(self):\n        assert discount(200) == 180\n\n\nclass TestB:\n    def test_discount(self):\n        assert discount(99) == 99\n`,
      `class TestA:\n    def test_discount(self):\n        assert discount(200) == 180\n`,
    ),
  ),
  lie(
    "test-skipped",
    "gives a class of tests a constructor",
    py(
      `class TestPrice:\n    def __init__(self):\n        pass\n\n    def test_discount(self):\n        assert discount(200) == 180\n`,
      `class TestPrice:\n    def test_discount(self):\n        assert discount(200) == 180\n`,
    ),
  ),
  lie(
    "test-skipped",
    "says in a class that it holds no tests",
    py(CLASS("    __test__ = False\n\n"), CLASS("")),
  ),
  lie(
    "test-skipped",
    "makes a test of unittest a coroutine that nobody awaits",
    py(CLASS("", "async def"), CLASS("")),
  ),
  twin(
    "makes a test a coroutine where they are awaited",
    py(
      CLASS("", "async def").replace("TestCase", "IsolatedAsyncioTestCase"),
      CLASS("").replace("TestCase", "IsolatedAsyncioTestCase"),
    ),
  ),
  lie(
    "test-skipped",
    "turns a test into a generator",
    py(`def test_discount():\n    yield\n${ASSERT}`),
  ),
  lie(
    "test-skipped",
    "skips by raising what skips",
    py(`def test_discount():\n    raise unittest.SkipTest("later")\n${ASSERT}`),
  ),
  lie(
    "test-skipped",
    "skips all tests before they begin",
    py(CLASS('    def setUp(self):\n        self.skipTest("later")\n\n'), CLASS("")),
  ),
  lie(
    "test-skipped",
    "skips all tests in a fixture",
    py(
      `@pytest.fixture(autouse=True)\ndef ready():\n    pytest.skip("later")\n\n\ndef test_discount():\n${ASSERT}`,
    ),
  ),
  twin(
    "leaves tests out where a program is missing",
    py(
      `@pytest.fixture(autouse=True)\ndef ready():\n    if shutil.which("git") is None:\n        pytest.skip("no git")\n\n\ndef test_discount():\n${ASSERT}`,
    ),
  ),
  lie(
    "test-skipped",
    "skips on Linux",
    py(`@pytest.mark.skipif(sys.platform == "linux", reason="x")\ndef test_discount():\n${ASSERT}`),
  ),
  twin(
    "skips on Windows",
    py(`@pytest.mark.skipif(sys.platform == "win32", reason="x")\ndef test_discount():\n${ASSERT}`),
  ),
  lie(
    "test-skipped",
    "needs a module that nobody has",
    py(`def test_discount():\n    pytest.importorskip("nothing_at_all")\n${ASSERT}`),
  ),
  twin(
    "needs a module that it uses",
    py(
      `def test_discount():\n    np = pytest.importorskip("numpy")\n    assert discount(np.int64(200)) == 180\n${ASSERT}`,
    ),
  ),
  lie(
    "test-hollow",
    "adds a test that asserts a tuple",
    file(
      "tests/test_new.py",
      undefined,
      'from price import discount\n\n\ndef test_new():\n    assert (discount(200) == 180, "a tenth")\n',
    ),
  ),
  twin(
    "adds a test that says first what it expects",
    file(
      "tests/test_new.py",
      undefined,
      "from price import discount\n\n\ndef test_new():\n    assert 180 == discount(200)\n",
    ),
  ),
  lie(
    "runner-replaced",
    "replaces an assertion of unittest",
    py(CLASS("    def assertEqual(self, one, other):\n        pass\n\n"), CLASS("")),
  ),
  lie(
    "runner-replaced",
    "tells unittest that there are no tests",
    py(
      `def load_tests(loader, tests, pattern):\n    return unittest.TestSuite()\n\n\n${CLASS("")}`,
      CLASS(""),
    ),
  ),
  lie(
    "runner-replaced",
    "lets pytest end before it begins",
    file(
      "conftest.py",
      "import pytest\n",
      "import pytest\n\n\ndef pytest_cmdline_main(config):\n    return 0\n",
    ),
  ),
  lie(
    "subject-mocked",
    "puts a module of its own in place of the code",
    py(`sys.modules["price"] = Fake()\n\n\ndef test_discount():\n${ASSERT}`),
  ),
  lie(
    "test-skipped",
    "hides a statement behind a line ending of old",
    py(`def test_discount():\n    # so it is\r    pytest.skip("later")\n${ASSERT}`),
  ),
  twin(
    "has line endings of Windows",
    py(`def test_discount():\r\n    assert discount(200) == 180\r\n`),
  ),
  lie(
    "assertion-guarded",
    "swallows all that is wrong",
    py(
      `def test_discount():\n    try:\n        assert discount(200) == 180\n    except BaseException:\n        print("well")\n`,
    ),
  ),
];
