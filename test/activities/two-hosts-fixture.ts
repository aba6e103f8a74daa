/** Two engine folders that share one store: a mission's home, and a host that works for it. */
import { join } from "node:path";
import { createAgentSlots } from "../../activities/adapters/agent-slots.js";
import { createBlobFiles } from "../../activities/adapters/blob-files.js";
import { createTrees } from "../../activities/adapters/trees.js";
import { createBaseActivities } from "../../activities/base.js";
import { createLeavingActivities } from "../../activities/leaving.js";
import { createWorkspaceActivities } from "../../activities/workspace.js";
import type { Placement, Workspace } from "../../domain/work.js";
import { enginePaths } from "../../store/engine-paths.js";
import { workspacePaths } from "../../store/workspace-paths.js";
import { AT, makeMission } from "./mission-fixture.js";

const HOME_QUEUE = "missions-host-host1";

export async function makeTwoHosts(
  root: string,
  repo: string,
  wishes: Parameters<typeof makeMission>[2] = {},
) {
  const home = await makeMission(root, repo, wishes);
  const shared = createBlobFiles(home.paths.blobs, true);
  const homeDeps = { ...home.deps, blobFiles: shared };
  const paths = enginePaths(join(root, "other"), home.paths.blobs);
  const deps = {
    ...homeDeps,
    paths,
    hostId: "host2",
    trees: createTrees({ git: home.git, paths, blobFiles: shared }),
    slots: createAgentSlots({ folder: paths.slots, slots: 1 }),
  };
  const away = { ...createWorkspaceActivities(deps), ...createLeavingActivities(deps) };
  const atHome = { ...createBaseActivities(homeDeps), ...createLeavingActivities(homeDeps) };
  const order = (id: string) => ({
    feature: home.ref(id),
    mode: "full" as const,
    homeQueue: HOME_QUEUE,
  });
  return {
    home,
    deps,
    away,
    atHome,
    order,
    placeOf: ({ name }: Workspace) => workspacePaths(paths.workspaces, name),
    ask: (id: string) => home.act(away.prepareWorkspace, order(id)),
    /** As the workflow does it. */
    prepare: async (id: string, more: object = {}): Promise<Placement> => {
      const base = await home.act(atHome.publishBase, { feature: home.ref(id) });
      return home.act(away.prepareWorkspace, { ...order(id), base, ...more });
    },
    commit: (id: string, workspace: Workspace, onto?: string) =>
      home.act(away.commitFeature, {
        feature: home.ref(id),
        workspace,
        at: AT,
        ...(onto === undefined ? {} : { onto }),
      }),
  };
}
