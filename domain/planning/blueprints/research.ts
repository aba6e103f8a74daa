/** A question: a first answer early, the riskiest assumption tried in code, then evidence that bears a decision. */
import type { Blueprint } from "../blueprint.js";
import { mvp, polished, production } from "./entry.js";

export const RESEARCH: Blueprint = {
  type: "research",
  milestones: [
    {
      key: "first-answer",
      title: "A first answer",
      checks: [
        "There is a first answer of two pages with its sources, and it says how sure it is.",
      ],
      features: [
        mvp("questions", "Write down questions and criteria", "small", {
          brief:
            "For {goal}: the decision that hangs on it, the questions that decide it, the criteria with weights, and what would change the answer.",
          kind: "research",
          touches: ["docs/research/questions.md"],
          checks: ["Whoever has to decide agrees with the questions and criteria."],
        }),
        mvp("survey", "Survey what exists", "medium", {
          brief:
            "Approaches, products, papers and people's experience, each with its source and date, held against the criteria.",
          kind: "research",
          dependsOn: ["questions"],
          touches: ["docs/research/survey.md"],
          checks: ["Every claim has a source that was opened, with its date."],
        }),
        mvp("first-answer", "Write the first answer", "small", {
          brief:
            "Two pages: the answer as it looks now, the two best options, how sure, and the assumption that would hurt most if it were wrong.",
          kind: "research",
          dependsOn: ["survey"],
          touches: ["docs/research/answer.md"],
          checks: ["The riskiest assumption is named, with a way to try it."],
        }),
      ],
    },
    {
      key: "prototype",
      title: "The riskiest assumption, tried",
      checks: [
        "A prototype runs on realistic data, and its figures answer the riskiest assumption.",
        "The strongest other option was tried in the same way.",
      ],
      features: [
        mvp("data", "Get data to try it on", "small", {
          brief:
            "Real or realistic data with its origin, licence and limits; small enough to run anywhere, large enough to tell options apart; a part kept aside for measuring.",
          touches: ["data", "docs/research/data.md"],
          checks: ["Origin, licence and limits of the data are written down."],
        }),
        mvp("simplest", "Build the simplest thing that could work", "medium", {
          brief:
            "A prototype of the first option, no more than the assumption needs, started by one command.",
          dependsOn: ["data"],
          touches: ["src", "tests"],
          checks: ["One command runs the prototype on the data."],
        }),
        mvp("measure", "Measure it", "small", {
          brief:
            "Against the criteria and against doing nothing, on data that was kept aside; with spread, not a single figure.",
          dependsOn: ["simplest"],
          touches: ["src", "docs/research/measurements.md"],
          checks: ["The figures can be made again by one command and carry their spread."],
        }),
        production("other-option", "Prototype the strongest other option", "large", {
          brief:
            "The same task, data and measurements with the option that would win if the first fails.",
          dependsOn: ["measure"],
          touches: ["src", "tests"],
          checks: ["Both options have figures from the same data."],
          serves: [1],
        }),
      ],
    },
    {
      key: "evidence",
      title: "Evidence that bears a decision",
      checks: [
        "The comparison stands up to someone who prefers the other option.",
        "Cost and limits in real use are known, with their uncertainty.",
      ],
      features: [
        production("comparison", "Compare under the same conditions", "medium", {
          brief:
            "All options by all criteria, the same data, the same effort in tuning; significance, not impressions.",
          touches: ["src", "docs/research/comparison.md"],
          checks: ["Every figure of the comparison can be traced to a run."],
        }),
        production("limits", "Find where it breaks", "medium", {
          brief:
            "More data, worse data, odd users, abuse, bias: where the recommended option stops being good.",
          touches: ["src", "docs/research/limits.md"],
          checks: ["For each limit found there is an example that shows it."],
          serves: [1],
        }),
        production("cost", "Work out what real use costs", "small", {
          brief:
            "Building, running, data and people for a year, low to high, with what each figure rests on.",
          kind: "research",
          touches: ["docs/research/cost.md"],
          checks: ["Every amount has a source or a calculation."],
          serves: [1],
        }),
        polished("second-opinion", "Have it read by someone who knows", "small", {
          brief:
            "One expert and one sceptic read answer and comparison; their objections are answered in writing.",
          kind: "research",
          dependsOn: ["comparison"],
          touches: ["docs/research/objections.md"],
          checks: ["Each objection has an answer, or changed the text."],
        }),
      ],
    },
    {
      key: "finish",
      title: "Polish, docs and deploy",
      checks: [
        "Whoever decides can decide from the report alone.",
        "Someone else can run the prototype and get the same figures.",
        "It is clear who does what next.",
      ],
      features: [
        mvp("report", "Write the recommendation", "medium", {
          brief:
            "Decision, options, evidence, recommendation, how sure, what is not known; the answer comes first.",
          touches: ["docs/research/report.md"],
          checks: ["The first page alone says what is recommended and why."],
        }),
        mvp("repeatable", "Make it run elsewhere", "small", {
          brief:
            "Fixed versions, one command from clean checkout to figures, deployed where others can try it.",
          touches: ["src", "deploy", "README.md"],
          checks: ["On another machine the same command gives the same figures."],
          serves: [1],
        }),
        mvp("readable", "Make report and prototype easy to read", "small", {
          brief: "Plain words, figures with units and captions, no dead code; read it once aloud.",
          touches: ["docs/research", "src"],
          checks: ["Someone outside the field understands the first page."],
        }),
        production("next-steps", "Plan what comes next", "small", {
          brief: "From prototype to real use: steps, risks, owners, and when to stop.",
          touches: ["docs/research/next-steps.md"],
          checks: ["Each step has a size, a risk and a sign that it worked."],
          serves: [2],
        }),
        polished("presentation", "Present it", "small", {
          brief: "Ten minutes with a live run of the prototype and a fall-back when that fails.",
          touches: ["docs/research/presentation"],
          checks: ["It was given once to a listener, in ten minutes."],
          serves: [2],
        }),
      ],
    },
  ],
};
