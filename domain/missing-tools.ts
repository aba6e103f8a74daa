/** Programs that are not on a host, and the one thing that brings each there. */

const REMEDIES: Record<string, string> = {
  npm: "install Node.js, which brings it",
  pnpm: "npm install -g pnpm",
  yarn: "npm install -g yarn, or corepack enable for yarn 2 and later",
  bun: "npm install -g bun",
  python3: "apt install python3 python3-venv",
  uv: "pip install uv",
  poetry: "pip install poetry",
  pipenv: "pip install pipenv",
  cargo: "apt install cargo",
  go: "apt install golang",
  "golangci-lint": "install golangci-lint",
  make: "apt install make",
  just: "apt install just",
  mvn: "apt install maven",
  mix: "apt install elixir",
};

/** As `pnpm is not installed: npm install -g pnpm`. */
export const notInstalled = (tool: string): string =>
  `${tool} is not installed: ${REMEDIES[tool] ?? `install ${tool} where the worker runs, or name another command`}`;

/** Python without what makes its environments. */
const NO_VENV = /ensurepip is not available|No module named venv\b/;
const NOT_FOUND =
  /(?:^|[\s:])([^\s:'"]+): (?:command )?not found$|command not found: ([^\s:'"]+)$|env: [‘'"]?([^\s:’'"]+)[’'"]?: No such file or directory$/;

/**
 * The program that a command ended for the lack of, by how shells say it.
 * @returns undefined where it ended for another reason.
 */
export function missingTool(exitCode: number | null, output: string): string | undefined {
  if (exitCode === 1 && NO_VENV.test(output)) return "python3";
  if (exitCode !== 127) return undefined;
  const last = output.trimEnd().split("\n").slice(-5).reverse();
  for (const line of last) {
    const names: (string | undefined)[] =
      NOT_FOUND.exec(line.slice(0, 300).trimEnd())?.slice(1) ?? [];
    const name = names.find((each) => each !== undefined);
    if (name !== undefined) return name;
  }
  return undefined;
}

/** A command that succeeds where the program of another is there after all, whatever that one's output says. */
export const probeOf = (run: string): string => {
  const [, program = run] = /^(?:cd \S+ && )?(?:\w+=\S+\s+)*(\S+)/.exec(run) ?? [];
  // Outside of the checkout, whose files could stand in for Python's own.
  return program === "python3"
    ? `cd / && python3 -c "import venv, ensurepip"`
    : `command -v ${program}`;
};

/** The program that a command begins with; variables and the way into its folder before it do not count. */
export const toolOf = (run: string): string =>
  /^(?:cd \S+ && )?(?:\w+=\S+\s+)*(?:"?\$HOME\/venv\/bin\/)?([^\s"]+)/.exec(run)?.[1] ?? run;
