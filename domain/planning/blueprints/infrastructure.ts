/** What software runs on: one service from code first, then delivery and access, then what keeps it up. */
import type { Blueprint } from "../blueprint.js";
import { mvp, polished, production } from "./entry.js";

export const INFRASTRUCTURE: Blueprint = {
  type: "infrastructure",
  milestones: [
    {
      key: "first-service",
      title: "One service, made from code",
      checks: [
        "One service runs in an environment that was made from code, and can be made again.",
      ],
      features: [
        mvp("decide", "Write down what runs where", "small", {
          brief:
            "For {goal}: the parts, where each runs, what it costs a month, who may touch it, and what was rejected.",
          kind: "research",
          touches: ["docs/infrastructure.md"],
          checks: ["Every part has a place, a monthly cost and an owner."],
        }),
        mvp("base", "Describe the base in code", "medium", {
          brief:
            "Network, machines or cluster, storage and names as code, with its state kept safely and a plan shown before each change.",
          dependsOn: ["decide"],
          touches: ["deploy"],
          checks: [
            "The base is made from nothing by one command, and a second run changes nothing.",
          ],
        }),
        mvp("one-service", "Run one service in it", "medium", {
          brief: "The smallest real service, reachable as users will reach it, with TLS.",
          dependsOn: ["base"],
          touches: ["deploy"],
          checks: ["The service answers at its real address."],
        }),
      ],
    },
    {
      key: "delivery",
      title: "Delivery, secrets and access",
      checks: [
        "A change gets there through a pipeline, and back.",
        "Secrets and rights are where they belong and nowhere else.",
      ],
      features: [
        mvp("pipeline", "Deliver by pipeline", "medium", {
          brief:
            "Build, test, show the plan, apply, check health; a way back in one step. No hand on the machines.",
          touches: ["ci", "deploy"],
          checks: ["A change and its way back went through the pipeline alone."],
        }),
        mvp("secrets", "Keep secrets out of the code", "small", {
          brief:
            "A place for secrets, handed to processes only; those found in code or history are replaced.",
          touches: ["deploy", "docs/infrastructure.md"],
          checks: ["A scanner finds no secret in the code or its history that is still valid."],
          serves: [1],
        }),
        production("least-rights", "Give the least rights", "medium", {
          brief:
            "People and services with rights of their own, no shared accounts, a second factor, a log of who did what.",
          dependsOn: ["secrets"],
          touches: ["deploy"],
          checks: ["Each account's rights were looked through, and what is not needed is gone."],
          serves: [1],
        }),
        production("closed", "Close what need not be open", "small", {
          brief: "Ports, addresses, buckets and consoles: closed by default, opened by name.",
          touches: ["deploy"],
          checks: ["A scan from outside finds only what is on the list."],
          serves: [1],
        }),
      ],
    },
    {
      key: "reliable",
      title: "It stays up and comes back",
      checks: [
        "A person is told of trouble in minutes, with what to do.",
        "Everything can be brought back from backups and code, in a time that was measured.",
      ],
      features: [
        production("monitoring", "Watch it", "medium", {
          brief:
            "Health, load, errors, disk, certificates, cost; few alerts, each with a page that says what to do.",
          touches: ["deploy", "docs/runbook.md"],
          checks: ["Each alert was provoked once and reached a person."],
        }),
        production("backups", "Back up", "medium", {
          brief: "All data, by schedule, to another place, encrypted; old ones go.",
          touches: ["deploy"],
          checks: ["Last night's backup is there and was read."],
          serves: [1],
        }),
        production("rebuild", "Rebuild it from nothing", "medium", {
          brief:
            "In an empty account from code and backups, timed; what was missing is added to the code.",
          dependsOn: ["backups"],
          touches: ["deploy", "docs/runbook.md"],
          checks: ["The rebuild worked, and its time is written down."],
          serves: [1],
        }),
        polished("failure-drill", "Break it on purpose", "medium", {
          brief:
            "Take away a machine, a disk, the name service and a provider; double the load. Mend what did not hold.",
          dependsOn: ["monitoring"],
          touches: ["deploy", "docs/runbook.md"],
          checks: ["Each drill is written down with what users noticed."],
        }),
      ],
    },
    {
      key: "finish",
      title: "Polish, docs and deploy",
      checks: [
        "Someone else can run it by the runbook.",
        "The real thing runs on it.",
        "It costs what was planned, and was looked at from outside.",
      ],
      features: [
        mvp("move-in", "Move the real thing over", "medium", {
          brief: "Rehearsed on a copy, then for real, with a way back until it is proven.",
          touches: ["deploy", "docs/infrastructure.md"],
          checks: ["Users are served from the new place, and the way back is written down."],
          serves: [1],
        }),
        mvp("runbook", "Write the runbook", "small", {
          brief: "Start, stop, update, scale, restore, who to call; each step tried as written.",
          touches: ["docs/runbook.md", "README.md"],
          checks: ["Someone who did not build it followed each page once."],
        }),
        mvp("tidy", "Tidy up", "small", {
          brief: "Names, tags, leftovers of trials, old machines that still cost.",
          touches: ["deploy"],
          checks: ["Everything that is billed is in the code, or is gone."],
        }),
        production("cost-alerts", "Hold the cost", "small", {
          brief:
            "A budget with alerts, sizes that fit the load, things that sleep when nobody needs them.",
          touches: ["deploy"],
          checks: ["An alert comes before the monthly budget is used up."],
          serves: [2],
        }),
        polished("audit", "Have it looked at", "medium", {
          brief:
            "A benchmark for the platform (CIS or the like) and a person from outside; findings mended or accepted in writing.",
          touches: ["deploy", "docs/security.md"],
          checks: ["No finding is open without a decision."],
          serves: [2],
        }),
      ],
    },
  ],
};
