/** Sources as JavaScript, for processes and threads of a test: what is being tested, not what was built last. */
import { transformSync } from "@swc/core";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

const root = process.cwd();

/** Made once for all tests. @param folders all that `entry` imports from. @returns the file to run. */
export function compiled(folders: readonly string[], entry: string): string {
  const sources = folders
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((name) =>
        join(folder, name),
      ),
    )
    .filter((name) => name.endsWith(".ts"))
    .concat(entry)
    .sort()
    .map((name) => ({ name, text: readFileSync(join(root, name), "utf8") }));
  const version = createHash("sha256").update(JSON.stringify(sources)).digest("hex").slice(0, 16);
  const made = join(root, "node_modules/.cache/compiled", version);
  if (!existsSync(made)) {
    const fresh = `${made}.${process.pid}`;
    for (const { name, text } of sources) {
      const { code } = transformSync(text, {
        jsc: { parser: { syntax: "typescript" }, target: "es2022" },
        module: { type: "es6" },
      });
      mkdirSync(dirname(join(fresh, name)), { recursive: true });
      writeFileSync(join(fresh, name.replace(/\.ts$/, ".js")), code);
    }
    writeFileSync(join(fresh, "package.json"), '{"type":"module"}');
    try {
      renameSync(fresh, made);
    } catch {
      rmSync(fresh, { recursive: true }); // another test was sooner
    }
  }
  return join(made, entry.replace(/\.ts$/, ".js"));
}
