import {
  answerQuestion,
  type Interview,
  type InterviewOpening,
  nextQuestion,
  openInterview,
} from "../../../domain/interview/interview.js";
import type { RepositoryFacts } from "../../../domain/scope.js";

export const NOW = new Date("2026-11-25T13:00:00Z");

export const someFacts: RepositoryFacts = {
  languages: [{ name: "TypeScript", files: 120 }],
  packageManager: "pnpm",
  testCommand: "pnpm test",
  ci: [".github/workflows/ci.yml"],
  instructions: ["AGENTS.md"],
  codeowners: true,
  files: 200,
  top: ["src/", "package.json"],
};

export const anInterview = (given: Partial<InterviewOpening> = {}): Interview =>
  openInterview({
    id: "m-20261125-abc123",
    goal: "Build a CRM",
    createdAt: NOW.toISOString(),
    zone: "Europe/Berlin",
    place: {
      proposed: "/home/ada/missions/build-a-crm-abc123",
      home: "/home/ada/.aidevops/missions",
    },
    preferences: {},
    ...given,
  });

export const answered = (interview: Interview, answers: Record<string, string>): Interview =>
  Object.entries(answers).reduce(
    (sum, [id, typed]) => answerQuestion(sum, id, typed, NOW),
    interview,
  );

/** Everything as recommended, but for what is given. @returns the ids in the order in which they were asked. */
export function interviewed(
  from: Interview,
  answers: Record<string, string> = {},
): { interview: Interview; asked: string[] } {
  const asked: string[] = [];
  let interview = from;
  for (let question = nextQuestion(interview); question !== undefined;) {
    asked.push(question.id);
    if (asked.length > 100) throw new Error(`no end: ${asked.join(", ")}`);
    interview = answerQuestion(interview, question.id, answers[question.id] ?? "", NOW);
    question = nextQuestion(interview);
  }
  return { interview, asked };
}
