/** Something new: a thin path through the whole first, then the core journey, then what makes it safe to give to others. */
import type { Blueprint } from "../blueprint.js";
import { mvp, polished, production } from "./entry.js";

export const GREENFIELD: Blueprint = {
  type: "greenfield",
  milestones: [
    {
      key: "skeleton",
      title: "Walking skeleton",
      checks: ["Whoever follows the README on a fresh machine can start it and gets an answer."],
      features: [
        mvp("set-up", "Set up the project", "small", {
          brief:
            "Lay out the project for {goal}. Choose language, frameworks and storage, write down why in a few lines, and make one command each for starting, testing and building.",
          touches: ["src", "tests", "config", "README.md"],
          checks: ["One command each starts, tests and builds the project."],
        }),
        mvp("thin-path", "Make one thin path work end to end", "medium", {
          brief:
            "From what the user sees down to the storage and back, one real value, with one automated test through all of it. No second case yet.",
          dependsOn: ["set-up"],
          touches: ["src", "tests"],
          checks: ["One real value goes from the user to the storage and back."],
        }),
      ],
    },
    {
      key: "core",
      title: "Core journey",
      checks: [
        "The first user's journey works from its first step to its last.",
        "What was entered is still there, and right, after a restart.",
        "The other journeys that the goal names work too.",
      ],
      features: [
        mvp("data-model", "Model the things it is about", "medium", {
          brief:
            "The nouns of {goal} with their fields, relations and rules; stored so that a later version can change the form without losing what is there.",
          touches: ["src", "tests"],
          checks: ["Every rule about the stored things is held by a test."],
          serves: [1],
        }),
        mvp("core-journey", "Build the first user's journey", "large", {
          brief:
            "The one journey that makes {goal} worth having, every step of it, in the order in which a user takes them. What is not a step of it waits.",
          dependsOn: ["data-model"],
          touches: ["src", "tests"],
          checks: ["Someone who has not built it gets through the journey without help."],
        }),
        mvp("journey-tests", "Test the journey automatically", "small", {
          brief:
            "Tests that walk the whole journey as a user would, and the ways out of it: cancelled, repeated, wrong input.",
          dependsOn: ["core-journey"],
          touches: ["tests"],
          checks: ["Breaking a step of the journey makes a test fail."],
          serves: [0, 1],
        }),
        production("other-journeys", "Build the other journeys", "large", {
          brief:
            "The journeys of {goal} that come after the first, one after the other, each with its tests.",
          dependsOn: ["core-journey"],
          touches: ["src", "tests"],
          checks: ["Each further journey works from its first step to its last."],
          serves: [2],
        }),
        polished("find-and-export", "Find, filter and take out", "medium", {
          brief:
            "Lists that stay usable with ten thousand entries: search, filters, sorting, and a way to take everything out in an open format.",
          dependsOn: ["other-journeys"],
          touches: ["src", "tests"],
          checks: ["One entry among ten thousand is found in seconds, and all can be exported."],
          serves: [2],
        }),
      ],
    },
    {
      key: "safe",
      title: "Accounts, permissions and error paths",
      checks: [
        "Nobody sees or changes what is not theirs.",
        "Wrong input, a lost connection and a full disk end in a sentence that says what to do, and nothing is lost.",
      ],
      features: [
        production("sign-in", "Accounts and sign-in", "medium", {
          brief:
            "Sign-up or invitation, sign-in, sign-out, a forgotten password; sessions that end. Rather a well-kept library or provider than own cryptography.",
          touches: ["src", "tests"],
          checks: ["Without signing in, nothing but the entrance can be reached."],
        }),
        production("permissions", "Roles and permissions", "medium", {
          brief:
            "Who may see, change and administer what; held on the server, at one place, and tested with the requests of someone who may not.",
          dependsOn: ["sign-in"],
          touches: ["src", "tests"],
          checks: ["A request for somebody else's things is refused, whoever sends it."],
        }),
        production("error-paths", "Handle what goes wrong", "medium", {
          brief:
            "Every place where input, network, storage or another service can fail: nothing half-done, nothing typed is lost, and a sentence that says what to do.",
          touches: ["src", "tests"],
          checks: ["Each way to fail that was listed has a test."],
          serves: [1],
        }),
        production("security-review", "Look at it as an attacker would", "small", {
          brief:
            "Go through injection, forged requests, leaked secrets, outdated dependencies and open ports; mend what is found, and write down what was looked at.",
          dependsOn: ["permissions"],
          touches: ["src", "docs/security.md"],
          checks: ["Every finding is mended, or accepted in writing with a reason."],
        }),
      ],
    },
    {
      key: "operation",
      title: "Ready to be run",
      checks: [
        "A change that breaks something is stopped before it is released.",
        "Trouble is noticed before users report it, and lost data can be brought back.",
      ],
      features: [
        production("ci", "Check every change automatically", "small", {
          brief: "Tests, types, lint and build on every push, in minutes, from a clean checkout.",
          touches: ["ci"],
          checks: ["A change that fails a test cannot be merged unnoticed."],
        }),
        production("backups", "Back up and restore", "small", {
          brief:
            "Automatic backups that lie somewhere else, and a restore that was really done once, with its time written down.",
          touches: ["deploy", "docs/operation.md"],
          checks: ["A backup was restored into an empty system, and what came back was right."],
          serves: [1],
        }),
        production("watching", "Logs, health and alerts", "small", {
          brief:
            "Structured logs without secrets, a health endpoint, and an alert to a person for what they must act on, and nothing else.",
          touches: ["src", "deploy"],
          checks: ["Ending the service raises an alert that reaches a person."],
          serves: [1],
        }),
      ],
    },
    {
      key: "finish",
      title: "Polish, docs and deploy",
      checks: [
        "Someone new can install, use and update it from the documentation alone.",
        "It runs where it shall run, in the version that was tested.",
        "It is quick and usable on small screens, by keyboard and with a screen reader.",
      ],
      features: [
        mvp("docs", "Write how to install and use it", "small", {
          brief: "Installing, the first ten minutes, configuration, updating; each step tried.",
          touches: ["README.md", "docs"],
          checks: ["Every command of the documentation was run as it stands there."],
        }),
        mvp("deploy", "Deploy it", "small", {
          brief: "Make it run where it shall run, by one repeatable command, with a way back.",
          touches: ["deploy", "docs/deploy.md"],
          checks: ["One command deploys, one goes back to the version before."],
          serves: [1],
        }),
        mvp("rough-edges", "Take off the rough edges", "small", {
          brief:
            "Use it for half an hour as a newcomer: texts, empty states, first-run example, what looks broken. Mend what can be mended in a line or two, list the rest.",
          touches: ["src"],
          checks: ["Half an hour of use turns up nothing that looks broken."],
        }),
        polished("accessible", "Small screens, keyboard, screen reader", "medium", {
          brief: "Every journey at 375 px, without a mouse, and to WCAG 2.2 AA.",
          kind: "browser-qa",
          touches: ["src", "tests"],
          checks: ["An accessibility checker reports no violation on any page."],
          serves: [2],
        }),
        polished("fast", "Make it quick", "medium", {
          brief: "Measure the slowest journeys with realistic data, and mend what costs most.",
          touches: ["src", "tests"],
          checks: ["Each step of the core journey answers within a second under expected load."],
          serves: [2],
        }),
      ],
    },
  ],
};
