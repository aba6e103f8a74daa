/** What a feature's work starts from, as the engine's repository knows it. */
import type { FeatureRef } from "../domain/work.js";
import { type Git, gitLine } from "../store/git.js";
import { type EngineRepository, featureRef, relate } from "./adapters/engine-repository.js";

export interface Start {
  /** Where the mission's branch stands, and the tree of that commit. */
  head: string;
  tree: string;
  /** The feature's commit when it did not get onto the branch: it met a conflict, failed tests or CI, or waits. */
  before?: { id: string; parent: string };
}

export async function readStart(
  git: Git,
  { gitDir, ref }: EngineRepository,
  { generation, featureId }: FeatureRef,
): Promise<Start> {
  const own = featureRef(generation, featureId);
  const format = "--format=%(refname) %(objectname) %(tree) %(parent)";
  const lines = (await gitLine(git, gitDir, ["for-each-ref", format, ref, own])).split("\n");
  const fieldsOf = (name: string) =>
    lines.map((line) => line.split(" ")).find(([first]) => first === name) ?? [];
  const [, head, tree] = fieldsOf(ref);
  if (head === undefined || tree === undefined) throw new Error(`${gitDir} has no ${ref}`);
  const [, id, , parent] = fieldsOf(own);
  if (id === undefined || parent === undefined) return { head, tree };
  const { base } = await relate(git, gitDir, head, id);
  return base === id ? { head, tree } : { head, tree, before: { id, parent } };
}
