/** Briefs of features: plan, repository, record and home, put together as one text. Only reads. */
import { join } from "node:path";
import { briefText, type BriefContext } from "../domain/brief.js";
import type { Plan, PlanFeature } from "../domain/plan.js";
import type { EnginePaths } from "../store/engine-paths.js";
import { readFeatureEvents } from "../store/feature-record.js";
import { readTextIfThere } from "../store/files.js";
import type { Git } from "../store/git.js";
import { readStory } from "../store/mission-story.js";
import { engineRepositoryName, engineRepositoryPath } from "./adapters/engine-repository.js";
import type { BriefPort } from "./brief-port.js";
import { namedGuidance, repositoryInstructions } from "./guidance.js";
import { createFileLists, neighbours, relevantFiles } from "./repository-files.js";
import { createExamples, type ExampleFolders } from "./worked-examples.js";

export interface BriefSources extends ExampleFolders {
  git: Git;
  paths: EnginePaths;
  /** Text of templates/brief-template.md. */
  template: string;
}

export function createBriefs({ git, paths, template, ...folders }: BriefSources): BriefPort {
  const examples = createExamples(folders);
  const listFiles = createFileLists(git);

  const contextOf: (
    order: Parameters<BriefPort["forPeople"]>[0],
  ) => Promise<BriefContext> = async ({ missionId, missionFolder, plan, feature, baseCommit }) => {
    const name = engineRepositoryName(missionId, feature.repository);
    const gitDir = engineRepositoryPath(paths, name);
    const [files, near, dependencies, decisions] = await Promise.all([
      listFiles(gitDir, baseCommit),
      examples.nearest(`${feature.title} ${(feature.brief ?? "").slice(0, 500)}`, 3),
      readDependencies(paths, missionId, plan, feature),
      missionFolder === undefined ? [] : readDecisions(missionFolder),
    ]);
    const beside = files === undefined ? [] : neighbours(feature, files);
    return {
      files: files === undefined ? [] : relevantFiles(feature, files),
      examples: [...beside.map((path) => ({ name: path, about: "" })), ...near],
      dependencies,
      decisions,
    };
  };

  return {
    async forAgent(order) {
      const { plan, feature, tree, missionFolder } = order;
      const [context, instructions, guidance] = await Promise.all([
        contextOf(order),
        repositoryInstructions(tree, feature.touches),
        namedGuidance(feature, folders.home, missionFolder),
      ]);
      const brief = briefText({ template, plan, feature, context });
      return [brief, instructions, guidance].filter((part) => part !== "").join("\n\n");
    },
    async forPeople(order) {
      const { plan, feature, missionId, planHash } = order;
      const origin = { missionId, planHash };
      return `${briefText({ template, plan, feature, context: await contextOf(order), origin })}\n`;
    },
  };
}

/** With the last commit that this host knows of each. */
async function readDependencies(
  { features }: EnginePaths,
  missionId: string,
  { milestones }: Plan,
  { dependsOn }: PlanFeature,
): Promise<BriefContext["dependencies"]> {
  const titles = new Map(
    milestones.flatMap((each) => each.features.map(({ id, title }) => [id, title])),
  );
  return Promise.all(
    dependsOn.map(async (id) => {
      const events = await readFeatureEvents(features, missionId, id).catch(() => []);
      const last = events.findLast((event) => event.kind === "commit");
      const commit = last?.kind === "commit" && last.commit !== "" ? last.commit : undefined;
      return { id, title: titles.get(id) ?? "", commit };
    }),
  );
}

async function readDecisions(missionFolder: string): Promise<string[]> {
  const text = await readTextIfThere(join(missionFolder, "mission.md")).catch(() => undefined);
  if (text === undefined) return [];
  return readStory(text).flatMap(({ kind, text: decided }) =>
    kind === "decision" ? [decided] : [],
  );
}
