/** Where the engine keeps what is not the user's: one place that names every file below the engine's folder. */
import { join } from "node:path";

export interface EnginePaths {
  root: string;
  /** Id of this host, made once. */
  hostId: string;
  keys: string;
  /** Prices and addresses of models the price library does not know, default routing. */
  settings: string;
  server: string;
  logs: string;
  run: string;
  blobs: string;
  state: string;
  journals: string;
  features: string;
  workspaces: string;
  repositories: string;
  sleeps: string;
  /** What people were asked and have changed before a mission starts, by its id. */
  interviews: string;
  /** What planners have said so far, for a planning that is cut off. */
  plannings: string;
  /** What reviewers have answered, so that no answer is paid twice. */
  reviews: string;
  /** Versions of the plans of missions. */
  plans: string;
  /** What this host was told of missions whose home is another. */
  places: string;
  /** The features that hold a slot of this host. */
  slots: string;
}

/** @param store folder of blobs that several hosts share; default: this engine's own. */
export function enginePaths(root: string, store = join(root, "blobs")): EnginePaths {
  return {
    root,
    hostId: join(root, "host-id"),
    keys: join(root, "keys.json"),
    settings: join(root, "settings.yaml"),
    server: join(root, "server"),
    logs: join(root, "logs"),
    run: join(root, "run"),
    blobs: store,
    state: join(root, "state"),
    journals: join(root, "journals"),
    features: join(root, "features"),
    workspaces: join(root, "workspaces"),
    repositories: join(root, "repositories"),
    sleeps: join(root, "sleeps.jsonl"),
    interviews: join(root, "interviews"),
    plannings: join(root, "plannings"),
    reviews: join(root, "reviews"),
    plans: join(root, "plans"),
    places: join(root, "places"),
    slots: join(root, "slots"),
  };
}
