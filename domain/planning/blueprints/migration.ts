/** From one form to another: pin what must not change, move one slice and be able to go back, then the rest, then switch. */
import type { Blueprint } from "../blueprint.js";
import { mvp, polished, production } from "./entry.js";

export const MIGRATION: Blueprint = {
  type: "migration",
  milestones: [
    {
      key: "first-slice",
      title: "One slice in the new form",
      checks: [
        "One small part runs in the new form beside the old ones, and users notice nothing.",
        "The way back was tried once and works.",
      ],
      features: [
        mvp("inventory", "List what has to move", "small", {
          brief:
            "For {goal}: every part that has to move, what depends on it, how risky it is, and an order. Name what need not move at all.",
          kind: "research",
          touches: ["docs/migration.md"],
          checks: ["The list names every part, its dependants and its place in the order."],
        }),
        mvp("safety-net", "Pin today's behaviour", "medium", {
          brief:
            "Tests of what users and other systems see today, oddities included, around the parts that move first.",
          touches: ["tests"],
          checks: ["The tests pass on the old form and fail when its behaviour is changed."],
        }),
        mvp("side-by-side", "Make old and new build side by side", "small", {
          brief:
            "One build, one test run and one release that take both forms, so that each step is small.",
          touches: ["config"],
          checks: ["A file of the new form is built, tested and shipped beside the old ones."],
        }),
        mvp("first-part", "Move the first part", "medium", {
          brief:
            "The smallest part that is really used. Move it, keep its behaviour, then go back to the old form once and forward again.",
          dependsOn: ["inventory", "safety-net", "side-by-side"],
          touches: ["src", "tests"],
          checks: ["The part runs in the new form, and going back took one documented step."],
          serves: [0, 1],
        }),
      ],
    },
    {
      key: "core",
      title: "The parts that matter most",
      checks: [
        "The parts that matter most run in the new form.",
        "Data and interfaces are the same before and after.",
      ],
      features: [
        mvp("core-parts", "Move the parts that matter most", "large", {
          brief:
            "By the order of the list, each part on its own, each with its tests green before the next. No improvements on the way.",
          touches: ["src", "tests"],
          checks: ["Each part of the core is moved, and its tests pass unchanged."],
        }),
        mvp("seams", "Keep old and new talking", "medium", {
          brief:
            "Where moved parts meet parts that are not: thin adapters with types or schemas on the border, marked for removal.",
          dependsOn: ["core-parts"],
          touches: ["src", "tests"],
          checks: ["Every border between old and new has one adapter and a test."],
        }),
        mvp("same-data", "Prove that data stays the same", "medium", {
          brief:
            "Run old and new on the same real input, compare results and stored data value by value, and explain each difference.",
          dependsOn: ["core-parts"],
          touches: ["tests", "docs/migration.md"],
          checks: ["The comparison shows no difference that is not explained in writing."],
          serves: [1],
        }),
      ],
    },
    {
      key: "rest",
      title: "Everything else",
      checks: [
        "Nothing of the old form is needed any more to build, test or run.",
        "The new form's own rules hold everywhere.",
      ],
      features: [
        production("other-parts", "Move the other parts", "large", {
          brief: "What is left on the list, in its order, each part with its tests green.",
          touches: ["src", "tests"],
          checks: ["The list of parts to move is empty."],
        }),
        production("tooling", "Move build, scripts and CI", "medium", {
          brief: "Everything around the code: build, scripts, editors, CI, images, generators.",
          touches: ["config", "scripts", "ci"],
          checks: ["A clean checkout builds, tests and ships without a tool of the old form."],
        }),
        production("tests-too", "Move the tests", "medium", {
          brief:
            "Tests into the new form, without weakening one; count assertions before and after.",
          dependsOn: ["other-parts"],
          touches: ["tests"],
          checks: ["There are at least as many assertions as before, and all pass."],
        }),
        polished("strict", "Turn on the strict rules", "medium", {
          brief:
            "The new form's strictest checks, switched on one at a time, with every exception written down.",
          dependsOn: ["other-parts"],
          touches: ["src", "config"],
          checks: ["The strict checks run in CI, and each exception has a reason."],
          serves: [1],
        }),
      ],
    },
    {
      key: "cut-over",
      title: "Switch over",
      checks: [
        "The switch was rehearsed and can be undone within the time that was agreed.",
        "The old form is gone.",
      ],
      features: [
        production("rehearsal", "Rehearse the switch and the way back", "medium", {
          brief:
            "On a copy with real data: switch, check, go back, check again; each step timed and written down.",
          touches: ["docs/migration.md", "deploy"],
          checks: ["Switch and way back were done on a copy, with times."],
        }),
        production("switch", "Switch", "small", {
          brief:
            "By the written steps, at a time that users know of, watching what the rehearsal showed.",
          dependsOn: ["rehearsal"],
          touches: ["deploy", "docs/migration.md"],
          checks: ["Users work on the new form, and errors are no more than before."],
        }),
        production("remove-old", "Remove what the old form left", "medium", {
          brief:
            "Adapters, switches, duplicate files, unused dependencies, and mentions in documents.",
          dependsOn: ["switch"],
          touches: ["src", "config", "docs"],
          checks: ["A search for the old form's names finds nothing in use."],
          serves: [1],
        }),
      ],
    },
    {
      key: "finish",
      title: "Polish, docs and deploy",
      checks: [
        "The next developer knows from the documents how things are done now and what is left.",
        "What is moved is released.",
        "It is at least as quick as before.",
      ],
      features: [
        mvp("guide", "Write down the new way of working", "small", {
          brief:
            "How to build, test and add a part now; patterns before and after; what has not moved yet.",
          touches: ["README.md", "docs"],
          checks: ["Someone who was not there adds a part by the guide."],
        }),
        mvp("release", "Release what is moved", "small", {
          brief: "Through the ordinary release, with a way back and someone watching.",
          touches: ["deploy", "docs/migration.md"],
          checks: ["The released version has the moved parts, and the way back is one step."],
          serves: [1],
        }),
        mvp("tidy", "Tidy what was moved", "small", {
          brief:
            "Names, comments and leftovers in the moved parts that only made sense in the old form.",
          touches: ["src"],
          checks: ["A reader of the moved parts finds nothing that only the old form explains."],
        }),
        polished("performance", "Compare speed and size", "small", {
          brief:
            "Start-up, the slowest journeys, memory and size, before and after; mend what got worse.",
          touches: ["tests", "docs/migration.md"],
          checks: ["A table of before and after shows nothing worse without a reason."],
          serves: [2],
        }),
      ],
    },
  ],
};
