/**
 * Takes what the tests use out of GitHub's published OpenAPI description: `npx tsx tools/github-openapi.ts`. The package with
 * all of it is 385 MB, so it is installed into a temporary folder and is gone afterwards.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";

const PACKAGE = "@octokit/openapi@23.0.2";
const OPERATIONS: [path: string, methods: string[]][] = [
  ["/repos/{owner}/{repo}/pulls", ["get", "post"]],
  ["/repos/{owner}/{repo}/pulls/{pull_number}", ["get", "patch"]],
  ["/repos/{owner}/{repo}/issues/{issue_number}/comments", ["get", "post"]],
  ["/repos/{owner}/{repo}/commits/{ref}/status", ["get"]],
  ["/repos/{owner}/{repo}/commits/{ref}/check-runs", ["get"]],
];
const EXAMPLES = [
  "pull-request",
  "pull-request-simple-items",
  "issue-comment",
  "combined-commit-status",
  "check-run-paginated",
];
/** Words for readers; what a value must be stays. */
const WORDS = new Set(["description", "summary", "externalDocs", "example", "examples"]);

type Node = Record<string, unknown>;
interface Description {
  info: Node;
  paths: Record<string, Node>;
  components: Record<string, Node>;
}

const folder = await mkdtemp(join(tmpdir(), "missions-openapi-"));
try {
  await execa("npm", ["install", "--prefix", folder, "--ignore-scripts", PACKAGE]);
  const path = "node_modules/@octokit/openapi/generated/api.github.com.json";
  const all = JSON.parse(await readFile(join(folder, path), "utf8")) as Description;
  const target = fileURLToPath(new URL("../test/fixtures/github-openapi.json", import.meta.url));
  await writeFile(target, `${JSON.stringify(extract(all), null, 1)}\n`);
  console.log(`wrote ${target}`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

function extract({ info, paths, components }: Description): Description {
  const used: Description = { info: { version: info["version"] }, paths: {}, components: {} };
  const keep = (kind: string, name: string, value: unknown) => {
    (used.components[kind] ??= {})[name] = value;
  };
  const follow = (pointer: string) => {
    const [, , kind = "", name = ""] = pointer.split("/");
    if (used.components[kind]?.[name] !== undefined) return;
    keep(kind, name, {}); // a schema may point to itself
    keep(kind, name, wordless(components[kind]?.[name]));
  };
  const wordless = (node: unknown, isNamed = false): unknown => {
    if (Array.isArray(node)) return node.map((each) => wordless(each));
    if (typeof node !== "object" || node === null) return node;
    const { $ref } = node as Node;
    if (typeof $ref === "string") follow($ref);
    const entries = Object.entries(node).filter(([key]) => isNamed || !WORDS.has(key));
    // a property may be called `description`
    return Object.fromEntries(
      entries.map(([key, value]) => [key, wordless(value, key === "properties" && !isNamed)]),
    );
  };
  for (const [path, methods] of OPERATIONS)
    used.paths[path] = Object.fromEntries(
      methods.map((method) => [method, operationOf(paths[path]?.[method] as Node)]),
    );
  for (const name of EXAMPLES) keep("examples", name, components["examples"]?.[name]);
  return used;

  function operationOf({ parameters, requestBody, responses }: Node): unknown {
    return wordless({ parameters, requestBody, responses });
  }
}
