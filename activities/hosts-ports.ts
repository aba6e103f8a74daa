/** What activities need so that several hosts can work on one mission. */
import type { BlobRef } from "../domain/mission.js";
import type { FeatureRef } from "../domain/work.js";

/** Blobs of any size, as files: git bundles that travel between hosts. */
export interface BlobFilePort {
  /** Contract: may be repeated. */
  putFile(path: string, name: string): Promise<BlobRef>;
  /** A local file with the content, to be read only. Contract: throws when the blob is missing or is not what its id says. */
  file(sha256: string): Promise<string>;
  /** True where other hosts reach these blobs too. */
  shared: boolean;
}

/** The host's slots: how many features it works on at once. Contract: each call may be repeated. */
export interface SlotPort {
  /** A feature comes to this host and takes a slot; waits for none. @returns the name of the stay that begins. */
  begin(feature: FeatureRef): Promise<string>;
  /** Takes a slot again that was given back while the feature waited, in the same stay; finds the one it has. */
  take(feature: FeatureRef): Promise<void>;
  /** Gives the slot of a feature back. @param stay only that one. @returns false when another stay has begun since. */
  giveBack(feature: FeatureRef, stay?: string): Promise<boolean>;
}

/** A tree on its way to another host. */
export interface PackedTree {
  commit: string;
  bundle: BlobRef;
}
