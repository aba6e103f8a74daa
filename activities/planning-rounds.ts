/** Asks for an answer until the rules hold, at most so often, each time with what is wrong; goes on where a killed worker stopped. */
import type { Amount } from "../domain/mission.js";
import type { Violation } from "../domain/plan-issues.js";
import { askForObject, lastAnswer } from "./adapters/structured-call.js";
import type { Payer } from "./adapters/paid-call.js";
import type { PaidMemory } from "./paid-memory.js";
import { violationsMessage } from "./planning-prompt.js";

export type Judged<Answer> = { answer: Answer } | { violations: Violation[] };

export type Rounds<Answer> =
  | { kind: "agreed"; answer: Answer }
  | { kind: "refused"; violations: Violation[] }
  | { kind: "needs-more"; ask: Amount }
  | { kind: "wait-until"; at: string; why: string }
  | { kind: "stopped" };

/** @param judge depends on the answer alone, so that an answer may be judged again after a crash. */
export async function askInRounds<Answer>(options: {
  payer: Payer;
  memory: PaidMemory;
  mostReplies: number;
  judge: (text: string) => Judged<Answer>;
  keep: () => Promise<void>;
  /** How the model is asked again; left out: as a planner. */
  again?: (violations: readonly Violation[]) => string;
}): Promise<Rounds<Answer>> {
  const { payer, memory, mostReplies, judge, keep, again = violationsMessage } = options;
  for (;;) {
    const answered = lastAnswer(memory.messages);
    if (answered !== undefined) {
      const judged = memory.cut ? wasCut(payer) : judge(answered);
      if ("answer" in judged) return { kind: "agreed", answer: judged.answer };
      if (memory.replies >= mostReplies) return { kind: "refused", violations: judged.violations };
      memory.messages.push({ role: "user", content: again(judged.violations) });
    }
    const reply = await askForObject(payer, memory);
    if (reply.kind !== "answer") return reply;
    memory.replies += 1;
    memory.cut = reply.cut;
    await keep();
  }
}

const wasCut = ({ answer }: Payer): { violations: Violation[] } => ({
  violations: [
    {
      sentence: `The answer was cut off at its limit, at most ${answer.wanted} tokens.`,
      remedy: "Say the same in fewer words: shorter briefs, fewer and larger features.",
    },
  ],
});
