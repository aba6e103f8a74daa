/** Opens the forge that a mission's record names; each library is loaded when the first mission needs it. */
import type { ForgePlace } from "../../../domain/forge-place.js";
import { EXIT, Problem } from "../../../domain/problem.js";
import type { EnginePaths } from "../../../store/engine-paths.js";
import type { Git, GitHost } from "../../../store/git.js";
import type { ForgePort, ForgesPort } from "../../forge-ports.js";
import { openEngineRepository, repositoryPlace } from "../engine-repository.js";
import { tokenCommand } from "../../../domain/forge-refusals.js";
import type { ForgeAccess } from "./forge-http.js";
import { createLocalForge } from "./local.js";

export interface ForgesOptions {
  git: Git;
  gitHost: GitHost;
  paths: EnginePaths;
  /** Asked for each time, because a token may be replaced while the worker runs. */
  tokenOf: (host: string) => Promise<string | undefined>;
  now: () => number;
}

export function createForges(options: ForgesOptions): ForgesPort {
  const { git, gitHost, paths, tokenOf, now } = options;
  return {
    async open(record, name, signal) {
      const place = name === undefined ? record.forge : record.otherForges?.[name];
      if (place === undefined) {
        const user = repositoryPlace(record, name);
        const repository = await openEngineRepository(git, paths, user);
        const port = createLocalForge(record.folder, git, repository);
        return { kind: "local", port, push: () => Promise.resolve() };
      }
      const token = await tokenOf(place.host);
      if (token === undefined) throw noToken(place);
      const port = await openServer({ place, token, signal, now });
      return {
        kind: place.kind,
        port,
        place,
        push: async (gitDir, branches) => {
          const { pushBranches } = await import("./push.js");
          await pushBranches({ host: gitHost, place, token, gitDir, branches, signal });
        },
      };
    },
  };
}

async function openServer(access: ForgeAccess): Promise<ForgePort> {
  switch (access.place.kind) {
    case "github":
      return (await import("./github.js")).createGithub(access);
    case "gitea":
      return (await import("./gitea.js")).createGitea(access);
    case "gitlab":
      return (await import("./gitlab.js")).createGitlab(access);
  }
}

const noToken = (place: ForgePlace) =>
  new Problem(
    EXIT.environment,
    `No token for ${place.host} is kept any more.`,
    `Keep one: ${tokenCommand(place)}`,
  );
