/** A change of something that is in use: its smallest version first, then all of it, without harm to what is there. */
import type { Blueprint } from "../blueprint.js";
import { mvp, polished, production } from "./entry.js";

export const ENHANCEMENT: Blueprint = {
  type: "enhancement",
  milestones: [
    {
      key: "smallest",
      title: "The smallest version of the change",
      checks: [
        "The smallest useful version of the change works, and everything else does as before.",
      ],
      features: [
        mvp("understand", "Find where the change belongs", "small", {
          brief:
            "For {goal}: the places in the code, the patterns used there, who depends on them, and a design of one page with what was rejected.",
          kind: "research",
          touches: ["docs/design.md"],
          checks: ["The page names the places that change and those that must not."],
        }),
        mvp("pin", "Pin what must not change", "small", {
          brief: "Tests of today's behaviour around those places, where there are none.",
          touches: ["tests"],
          checks: ["The new tests pass before the change is made."],
        }),
        mvp("smallest-change", "Build its smallest version", "medium", {
          brief: "One case of {goal}, all the way through, in the style of the code around it.",
          dependsOn: ["understand", "pin"],
          touches: ["src", "tests"],
          checks: ["One user can use the change from beginning to end."],
        }),
      ],
    },
    {
      key: "whole",
      title: "The whole change",
      checks: [
        "Everything that the goal says works.",
        "Users, data and settings that were there before are served as before.",
        "Odd input, missing rights and failures are handled.",
      ],
      features: [
        mvp("whole-behaviour", "Complete the behaviour", "medium", {
          brief: "The other cases of {goal}, each with its test.",
          touches: ["src", "tests"],
          checks: ["Each case of the goal has a test that fails without the change."],
        }),
        mvp("compatible", "Keep what is there working", "small", {
          brief:
            "Stored data, settings, links, public interfaces and scripts of existing users: converted or still accepted, and tested with a copy of the real thing.",
          dependsOn: ["whole-behaviour"],
          touches: ["src", "tests"],
          checks: ["A copy of existing data and settings works after the update."],
          serves: [1],
        }),
        production("edge-cases", "Handle the odd cases", "medium", {
          brief:
            "Empty, huge, twice at once, cut off in the middle, another language, another time zone.",
          dependsOn: ["whole-behaviour"],
          touches: ["src", "tests"],
          checks: ["Each odd case that was listed has a test."],
          serves: [2],
        }),
        production("rights", "Hold rights and limits", "small", {
          brief: "Who may use it, how much of it, and what is logged; refused at the server.",
          dependsOn: ["whole-behaviour"],
          touches: ["src", "tests"],
          checks: ["Someone without the right is refused, and a test shows it."],
          serves: [2],
        }),
        production("failures", "Say what went wrong", "small", {
          brief:
            "Each failure of the new parts says in a sentence what happened and what to do; nothing typed is lost.",
          dependsOn: ["whole-behaviour"],
          touches: ["src", "tests"],
          checks: ["Each failure was provoked once and read by someone else."],
          serves: [2],
        }),
      ],
    },
    {
      key: "fit",
      title: "It fits in",
      checks: [
        "It costs no noticeable speed, and can be switched off without a release.",
        "It looks and reads like the rest, for everyone.",
      ],
      features: [
        production("switchable", "Make it switchable", "small", {
          brief: "A switch that turns the change off for all or for some, tested both ways.",
          touches: ["src", "config"],
          checks: ["Switched off, everything is as before the change."],
        }),
        production("measured", "Measure use and speed", "small", {
          brief:
            "Before and after on realistic data; a figure that says whether the change is used.",
          touches: ["src", "tests"],
          checks: ["A table shows speed before and after."],
        }),
        polished("consistent", "Make it look and read like the rest", "small", {
          brief: "Words, spacing, keyboard, screen reader, small screens, other languages.",
          kind: "browser-qa",
          touches: ["src"],
          checks: ["Held beside the rest, nothing tells it apart."],
          serves: [1],
        }),
      ],
    },
    {
      key: "finish",
      title: "Polish, docs and deploy",
      checks: [
        "Users learn from the documents what is new and how to use it.",
        "The change is released, with a way back.",
      ],
      features: [
        mvp("docs", "Document the change", "small", {
          brief: "What is new, how to use it, what changed for existing users; the changelog.",
          touches: ["README.md", "docs", "CHANGELOG.md"],
          checks: ["Every example in the text was run."],
        }),
        mvp("clean-up", "Clean up behind the change", "small", {
          brief: "Leftovers, names, comments and tests that the change made untrue.",
          touches: ["src", "tests"],
          checks: ["The whole difference reads well to someone who was not there."],
        }),
        mvp("release", "Release it", "small", {
          brief: "Through the ordinary release; to a few users first where that is possible.",
          touches: ["deploy", "CHANGELOG.md"],
          checks: ["It is in use, and the way back was tried or is one documented step."],
          serves: [1],
        }),
        polished("examples", "Show it", "small", {
          brief: "An example that people can try, and a short announcement with a picture.",
          touches: ["docs", "examples"],
          checks: ["The example runs as it is written."],
        }),
      ],
    },
  ],
};
