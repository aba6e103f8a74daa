/** No server: one review file for each pull request in the mission folder; the engine's merge is the only one. */
import { join } from "node:path";
import { systemCode, readTextIfThere, writeWhole } from "../../../store/files.js";
import { type Git, GitFailure } from "../../../store/git.js";
import { escapeInline } from "../../../store/markdown-text.js";
import type { ForgePort } from "../../forge-ports.js";
import { relate } from "../engine-repository.js";
import { commentMarker } from "./find-or-make.js";

const FOLDER = "reviews";
/** Everything behind it was added afterwards and stays when the text before it changes. */
const REST = "<!-- added -->";

/** @param folder the mission's. `repository`: where its branch is. */
export function createLocalForge(
  folder: string,
  git: Git,
  repository: { gitDir: string; ref: string },
): ForgePort {
  const read = async (id: string) => {
    const text = (await readTextIfThere(join(folder, pathOf(id)))) ?? "";
    const at = text.indexOf(REST);
    return at < 0 ? { body: text, rest: "" } : { body: text.slice(0, at), rest: text.slice(at) };
  };
  const write = async (id: string, body: string, rest: string) => {
    const path = join(folder, pathOf(id));
    const text = `${body.trimEnd()}\n\n${rest === "" ? REST : rest.trimEnd()}\n`;
    if ((await readTextIfThere(path)) !== text) await writeWhole(path, text);
  };
  return {
    async open({ title, body, file }) {
      const { rest } = await read(file);
      await write(file, `# ${escapeInline(title)}\n\n${body}`, rest);
      return { id: file, where: pathOf(file), awaitsCi: false };
    },

    async read(_id, commit) {
      const isIn = await contains(git, repository, commit);
      return { state: isIn ? "merged" : "open", ci: "none", failed: [] };
    },

    async traces(id) {
      const { body } = await read(id);
      return { state: "open", head: "", commit: "", title: "", body, comments: 0, keys: [] };
    },

    async comment(id, key, body) {
      const marker = commentMarker(key);
      const { body: text, rest } = await read(id);
      if (rest.includes(marker)) return;
      await write(id, text, `${rest === "" ? REST : rest.trimEnd()}\n\n${marker}\n${body}`);
    },

    close: () => Promise.resolve(),
  };
}

/** Ids are names of our own making (`refPart`), so they are no paths. */
const pathOf = (id: string) => `${FOLDER}/${id.replaceAll("/", "_")}.md`;

async function contains(
  git: Git,
  { gitDir, ref }: { gitDir: string; ref: string },
  commit: string,
): Promise<boolean> {
  try {
    return (await relate(git, gitDir, ref, commit)).base === commit;
  } catch (error) {
    if (error instanceof GitFailure || systemCode(error) === "ENOENT") return false;
    throw error;
  }
}
