/** A mission whose shape follows from a seed, with the model's replies for it and the files it must end with. */
import type { CannedReplies, CannedTurn } from "../../workers/demo-replies.js";
import type { Written, WrittenFeature } from "../helpers/plans.js";
import type { Random } from "./random.js";

export interface RandomMission {
  plan: Written;
  replies: CannedReplies;
  /** Every file that the mission makes, with its content. */
  files: Record<string, string>;
  features: string[];
  atOnce: number;
  /** What mission.md must say: texts once each, and the whole Recovery Log as `feature stop rung`. */
  told?: { once: string[]; recovery: string[] };
}

/** Two milestones of script and builtin features; small slices at times, so that more budget is asked for on the way. */
export function randomMission(random: Random): RandomMission {
  const replies: Record<string, CannedTurn[]> = {};
  const files: Record<string, string> = {};
  const features: string[] = [];
  const milestones = [1, 2].map((m) => {
    const ids = Array.from({ length: random.between(2, 3) }, (_, f) => `${m}.${f + 1}`);
    features.push(...ids);
    return {
      id: String(m),
      title: `Stage ${m}`,
      checks: [{ sentence: "Every page is there.", verify: allThere(ids) }],
      features: ids.map((id, index) => {
        const before = ids[index - 1];
        const dependsOn = before !== undefined && random.chance(0.3) ? [before] : [];
        const content = `Page ${id}, number ${random.between(1, 1_000_000)}.`;
        files[`pages/${id}/page.txt`] = content;
        const shared = {
          id,
          title: `Page ${id}`,
          dependsOn,
          touches: [`pages/${id}`],
          checks: [
            {
              sentence: "The page is as asked.",
              verify: bash(`grep -qx '${content}' ${pathOf(id)}`),
            },
          ],
        };
        if (random.chance(0.35)) return scriptFeature(shared, id, content);
        replies[id] = turnsOf(random, id, content, files);
        const usd = random.chance(0.4) ? 0.2 : 0.5;
        return { ...shared, brief: `Write ${id}.`, estimate: { usd, hours: 0.1, tokens: 60_000 } };
      }),
    };
  });
  const plan: Written = {
    title: "Pages",
    goal: "Write all pages.",
    mode: random.chance(0.3) ? "poc" : "full",
    budget: { money_usd: 20, time_hours: 2, token_limit: 10_000_000, on_alert: "continue" },
    model_routing: { workers: "demo/canned" },
    milestones,
  };
  return { plan, replies, files, features, atOnce: random.between(1, 3) };
}

const pathOf = (id: string) => `pages/${id}/page.txt`;
const bash = (run: string) => ({ method: "bash", run });
const allThere = (ids: string[]) => bash(ids.map((id) => `test -s ${pathOf(id)}`).join(" && "));

/** Its commands break when they are run twice on what they left: `mkdir` without -p and an append. */
const scriptFeature = (shared: WrittenFeature, id: string, content: string): WrittenFeature => ({
  ...shared,
  commands: [
    `mkdir -p pages/${id}`,
    `printf '%s' '${content.slice(0, 8)}' > ${pathOf(id)}`,
    "sleep 0.3",
    `printf '%s\\n' '${content.slice(8)}' >> ${pathOf(id)}`,
  ],
});

function turnsOf(
  random: Random,
  id: string,
  content: string,
  files: Record<string, string>,
): CannedTurn[] {
  const page = { path: pathOf(id), content: `${content}\n` };
  const turns: CannedTurn[] = [
    { say: "I look first.", calls: [{ tool: "list", input: {} }] },
    { say: "The page.", calls: [{ tool: "write", input: page }] },
  ];
  for (let n = 1; n <= random.between(1, 3); n += 1) {
    const line = `Note ${n} of ${id}.`;
    const path = `pages/${id}/note-${n}.txt`;
    files[path] = line;
    turns.push({
      say: `Note ${n}.`,
      calls: [
        { tool: "run", input: { command: `sleep 0.2; printf '%s\\n' '${line}' >> ${path}` } },
        { tool: "read", input: { path } },
      ],
    });
  }
  turns.push({ say: `Page ${id} is written.` });
  return turns;
}
