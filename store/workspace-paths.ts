/** The three folders of one workspace: what the agent sees, what it hands over, and what only the engine touches. */
import { join } from "node:path";

export interface WorkspacePaths {
  /** The clone or plain folder in which agent and checks run. */
  tree: string;
  /** `$MISSION_DIR` of the agent: research/, agents/, scripts/, assets/ to be moved into the mission folder. */
  handover: string;
  /** The engine's: checkpoint, process-group file, HOME of child processes lies in `home` below. */
  attempt: string;
  home: string;
}

export function workspacePaths(workspaces: string, name: string): WorkspacePaths {
  const root = join(workspaces, name);
  return {
    tree: join(root, "tree"),
    handover: join(root, "handover"),
    attempt: join(root, "attempt"),
    home: join(root, "home"),
  };
}

/** Where hand-over files wait on a host that is not the mission's home. */
export const reportFolder = ({ attempt }: WorkspacePaths) => join(attempt, "report");

/** Beside the process-group file of an app: that of the browser which looks at it. */
export const browserGroupFile = (groupFile: string) => `${groupFile}.browser`;
