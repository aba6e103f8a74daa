/** What manifests and lock files of package managers name as dependencies. Content is data: nothing in it is run or followed. */
import { parse as parseToml } from "smol-toml";

export interface ManifestDependency {
  name: string;
  /** False for what only a lock file names. */
  direct: boolean;
  licence?: string;
}

export type Ecosystem = "npm" | "composer" | "python" | "cargo" | "go" | "ruby";

interface ManifestKind {
  ecosystem: Ecosystem;
  read: (text: string) => ManifestDependency[];
}

const FOREIGN = /(?:^|\/)(?:node_modules|vendor|\.venv|venv|site-packages)\//;

/** @returns undefined for a file that names no dependencies, and for one inside somebody else's package. */
export function manifestKind(path: string): ManifestKind | undefined {
  if (FOREIGN.test(path)) return undefined;
  const file = path.slice(path.lastIndexOf("/") + 1);
  if (/^(?:.+[-_.])?requirements(?:[-_.].+)?\.(?:txt|in)$/i.test(file)) return KINDS.requirements;
  if (/(?:^|\/)requirements\/[^/]+\.(?:txt|in)$/i.test(path)) return KINDS.requirements;
  return BY_NAME.get(file);
}

const KINDS = {
  packageJson: { ecosystem: "npm", read: readPackageJson },
  npmLock: { ecosystem: "npm", read: readNpmLock },
  composer: { ecosystem: "composer", read: readComposer },
  composerLock: { ecosystem: "composer", read: readComposerLock },
  pyproject: { ecosystem: "python", read: readPyproject },
  requirements: { ecosystem: "python", read: readRequirements },
  pipfile: { ecosystem: "python", read: readPipfile },
  cargo: { ecosystem: "cargo", read: readCargo },
  goMod: { ecosystem: "go", read: readGoMod },
  gemfile: { ecosystem: "ruby", read: readGemfile },
} as const satisfies Record<string, ManifestKind>;

const BY_NAME: ReadonlyMap<string, ManifestKind> = new Map<string, ManifestKind>([
  ["package.json", KINDS.packageJson],
  ["package-lock.json", KINDS.npmLock],
  ["npm-shrinkwrap.json", KINDS.npmLock],
  ["composer.json", KINDS.composer],
  ["composer.lock", KINDS.composerLock],
  ["pyproject.toml", KINDS.pyproject],
  ["Pipfile", KINDS.pipfile],
  ["Cargo.toml", KINDS.cargo],
  ["go.mod", KINDS.goMod],
  ["Gemfile", KINDS.gemfile],
]);

type Table = Record<string, unknown>;
const table = (value: unknown): Table =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Table) : {};
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown) => (typeof value === "string" ? value : undefined);
const direct = (name: string): ManifestDependency => ({ name, direct: true });

/** @throws SyntaxError for what is no JSON object. */
function readJson(content: string): Table {
  const read: unknown = JSON.parse(content.replace(/^\ufeff/, ""));
  if (typeof read !== "object" || read === null) throw new SyntaxError("not an object");
  return table(read);
}

/** What lies in the repository itself is no dependency. */
const isLocal = (version: unknown) =>
  /^(?:workspace|file|link|portal):/.test(text(version) ?? "") ||
  text(table(version)["path"]) !== undefined;

const namesIn = (section: unknown) =>
  Object.entries(table(section)).flatMap(([name, version]) => (isLocal(version) ? [] : [name]));

function readPackageJson(content: string): ManifestDependency[] {
  const json = readJson(content);
  const sections = [
    "dependencies",
    "devDependencies",
    "peerDependencies",
    "optionalDependencies",
  ] as const;
  return sections.flatMap((section) => namesIn(json[section])).map(direct);
}

function readNpmLock(content: string): ManifestDependency[] {
  return Object.entries(table(readJson(content)["packages"])).flatMap(([path, entry]) => {
    const at = path.lastIndexOf("node_modules/");
    if (at < 0 || table(entry)["link"] === true) return [];
    return [stated(path.slice(at + "node_modules/".length), table(entry)["license"])];
  });
}

function stated(name: string, licence: unknown): ManifestDependency {
  const said =
    text(licence) ??
    list(licence)
      .flatMap((one) => text(one) ?? [])
      .join(" OR ");
  return { name, direct: false, ...(said === "" ? {} : { licence: said }) };
}

function readComposer(content: string): ManifestDependency[] {
  const json = readJson(content);
  const names = [...namesIn(json["require"]), ...namesIn(json["require-dev"])];
  return names.filter((name) => name.includes("/")).map(direct); // php and its extensions have none
}

function readComposerLock(content: string): ManifestDependency[] {
  const json = readJson(content);
  return [...list(json["packages"]), ...list(json["packages-dev"])].flatMap((entry) => {
    const name = text(table(entry)["name"]);
    return name === undefined ? [] : [stated(name, table(entry)["license"])];
  });
}

/** Names of Python packages are the same in any case and with any of `-`, `_` and `.`. */
const pythonName = (name: string) => name.toLowerCase().replace(/[-_.]+/g, "-");

function requirementName(line: string): string | undefined {
  const egg = /#egg=([A-Za-z0-9._-]+)/.exec(line)?.[1];
  if (egg !== undefined) return pythonName(egg);
  if (/^(?:-|\.{0,2}\/|#)/.test(line)) return undefined;
  const name = /^([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:$|[[=<>!~;@#\s(])/.exec(line)?.[1];
  if (name !== undefined) return pythonName(name);
  return /^\w+(?:\+\w+)?:\/\//.test(line) ? line.slice(0, 200) : undefined;
}

const requirements = (lines: readonly unknown[]) =>
  lines.flatMap((line) => requirementName((text(line) ?? "").trim()) ?? []).map(direct);

function readRequirements(content: string): ManifestDependency[] {
  return requirements(content.split(/\r?\n/));
}

function pythonTable(section: unknown): ManifestDependency[] {
  const names = namesIn(section).map(pythonName);
  return names.filter((name) => name !== "python").map(direct);
}

function readPyproject(content: string): ManifestDependency[] {
  const toml = table(parseToml(content));
  const project = table(toml["project"]);
  const poetry = table(table(toml["tool"])["poetry"]);
  const lists = [
    project["dependencies"],
    table(toml["build-system"])["requires"],
    ...Object.values(table(project["optional-dependencies"])),
    ...Object.values(table(toml["dependency-groups"])),
  ];
  return [
    ...lists.flatMap((lines) => requirements(list(lines))),
    ...pythonTable(poetry["dependencies"]),
    ...pythonTable(poetry["dev-dependencies"]),
    ...Object.values(table(poetry["group"])).flatMap((group) =>
      pythonTable(table(group)["dependencies"]),
    ),
  ];
}

function readPipfile(content: string): ManifestDependency[] {
  const toml = table(parseToml(content));
  return [...pythonTable(toml["packages"]), ...pythonTable(toml["dev-packages"])];
}

function readCargo(content: string): ManifestDependency[] {
  const toml = table(parseToml(content));
  const places = [
    toml,
    table(toml["workspace"]),
    ...Object.values(table(toml["target"])).map(table),
  ];
  const sections = ["dependencies", "dev-dependencies", "build-dependencies"] as const;
  return places.flatMap((place) =>
    sections.flatMap((section) =>
      Object.entries(table(place[section])).flatMap(([name, how]) =>
        isLocal(how) || table(how)["workspace"] === true
          ? []
          : [direct(text(table(how)["package"]) ?? name)],
      ),
    ),
  );
}

function readGoMod(content: string): ManifestDependency[] {
  const blocks = [...content.matchAll(/^require\s*\(([^)]*)\)/gm)].flatMap(([, lines = ""]) =>
    lines.split("\n"),
  );
  const single = [...content.matchAll(/^require\s+([^(\s].*)$/gm)].map(([, line = ""]) => line);
  return [...blocks, ...single].flatMap((line) => {
    const name = /^\s*"?([^\s"/][^\s"]*)"?\s+v/.exec(line)?.[1];
    if (name === undefined) return [];
    return [{ name, direct: !line.includes("// indirect") }];
  });
}

function readGemfile(content: string): ManifestDependency[] {
  return [...content.matchAll(/^\s*gem\s*\(?\s*["']([^"']+)["'](.*)$/gm)].flatMap(
    ([, name = "", rest = ""]) => (/\bpath:|:path\s*=>/.test(rest) ? [] : [direct(name)]),
  );
}
