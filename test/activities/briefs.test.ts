import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { readFileSync } from "node:fs";
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { createBriefs } from "../../activities/briefs.js";
import { aboutOf } from "../../activities/worked-examples.js";
import type { PlanFeature } from "../../domain/plan.js";
import { aPlanFeature } from "../store/mission-builders.js";
import {
  type Fixture,
  makeFolder,
  makeMission,
  makeUserRepository,
  removeAll,
  userGit,
  writeFiles,
} from "./mission-fixture.js";

let root: string;
let repo: string;
let mission: Fixture;
const template = readFileSync("templates/brief-template.md", "utf8");

async function ask(fields: Partial<PlanFeature>) {
  const workspace = await mission.prepare("1.1");
  const briefs = createBriefs({
    git: mission.git,
    paths: mission.paths,
    template,
    home: join(root, "home"),
    others: join(root, "others"),
  });
  const plan = JSON.parse(String(await mission.blobs.get(mission.planHash))) as Parameters<
    typeof briefs.forAgent
  >[0]["plan"];
  const order = {
    missionId: mission.missionId,
    planHash: mission.planHash,
    plan,
    feature: aPlanFeature("1.1", { agent: "builtin", ...fields }),
    baseCommit: workspace.baseCommit,
    missionFolder: mission.record.folder,
  };
  const { tree } = mission.place(workspace);
  return {
    agent: await briefs.forAgent({ ...order, tree }),
    people: await briefs.forPeople(order),
  };
}

describe("what a brief finds", () => {
  beforeEach(async () => {
    root = await makeFolder();
    repo = await makeUserRepository(root);
    await writeFiles(repo, {
      "AGENTS.md": "Use tabs.\n",
      "CLAUDE.md": "@AGENTS.md\n",
      "src/routes/users.ts": "users\n",
      "src/routes/AGENTS.md": "Routes are pure.\n",
      "src/invoice/customerReport.ts": "report\n",
      "yarn.lock": "customer\n",
    });
    await symlink("/etc/passwd", join(repo, "src/CLAUDE.md"));
    await userGit(repo, "add", "-A");
    await userGit(repo, "commit", "-q", "-m", "Second");
    mission = await makeMission(root, repo, {});
  });
  afterEach(() => removeAll(root));

  it("names files by what is touched and by words of the title, and neighbours as examples", async () => {
    const { agent } = await ask({
      title: "Report of a customer",
      touches: ["src/routes/orders.ts", "src/a.txt"],
    });
    expect(agent).toContain(
      "## Relevant files\n\n- src/a.txt\n- src/invoice/customerReport.ts\n\n",
    );
    expect(agent).toContain("```untrusted\n- src/routes/users.ts\n```");
    expect(agent).not.toContain("yarn.lock");
  });

  it("gives the repository's own instructions once, the outermost first, and none from outside", async () => {
    const { agent, people } = await ask({ touches: ["src/routes/orders.ts"] });
    expect(agent).toContain("AGENTS.md:\n```guidance\nUse tabs.\n```\n\nsrc/routes/AGENTS.md:");
    expect(agent.split("Use tabs.")).toHaveLength(2);
    expect(agent).not.toContain("CLAUDE.md");
    expect(agent).not.toContain("root:");
    expect(people).not.toContain("Use tabs.");
  });

  it("gives what the plan says to read, and says what is missing; names lead nowhere else", async () => {
    await writeFiles(root, {
      "home/agents/sql.md": "Know SQL.\n",
      "home/skills/forms/SKILL.md": "---\nname: forms\n---\nForms like this.\n",
      "secret.md": "SECRET\n",
    });
    await writeFiles(mission.record.folder, { "agents/tone.md": "Be kind.\n" });
    const { agent } = await ask({ reads: ["tone", "sql", "forms", "nobody", "../../secret"] });
    for (const text of ["Be kind.", "Know SQL.", "Forms like this."]) expect(agent).toContain(text);
    expect(agent).toContain("nowhere to be found: nobody, ../../secret.");
    expect(agent).not.toContain("SECRET");
  });

  it("names agents and skills of home and others that are about the same, with what they are for", async () => {
    await writeFiles(root, {
      "home/skills/forms/SKILL.md": "---\ndescription: 'Build login forms'\n---\nText\n",
      "home/agents/music.md": "Compose songs\n",
      "others/web/auth.md": "# Auth\n\nHow login and sessions are secured.\n",
    });
    const { agent } = await ask({ title: "Login form with sessions" });
    expect(agent).toContain("- skill forms: Build login forms");
    expect(agent).toContain("- agent web/auth: How login and sessions are secured.");
    expect(agent).not.toContain("music");
  });

  it("names what earlier features made, and what was decided", async () => {
    const { committed } = await mission.finish("1.2", { "b.txt": "b\n" });
    await writeFiles(mission.record.folder, {
      "mission.md":
        "## Decisions\n\n- 2026-03-04 05:06 UTC: Cookies it is. <!-- story 1 at=2026-03-04T05:06:07.890Z -->\n",
    });
    const { agent, people } = await ask({ dependsOn: ["1.2"] });
    expect(agent).toContain(`- 1.2 Feature 1.2 (commit ${committed.commit.slice(0, 12)})`);
    expect(agent).toContain("```untrusted\n- Cookies it is.\n```");
    expect(people).toContain("## Origin");
    expect(agent).not.toContain("## Origin");
  });

  it("bounds what it quotes", async () => {
    const workspace = await mission.prepare("1.1");
    await mkdir(join(mission.place(workspace).tree, "deep"), { recursive: true });
    await writeFiles(mission.place(workspace).tree, { "AGENTS.md": "x".repeat(100_000) });
    const { agent } = await ask({ touches: ["deep/er"] });
    expect(agent).toContain("[cut: the file is longer]");
    expect(agent.length).toBeLessThan(20_000);
  });
});

describe("the line that says what an agent is for", () => {
  it.each([
    ["---\nname: x\ndescription: Does it\n---\nBody", "Does it"],
    ["---\ndescription: >-\n  Folded text\n---\n", "Folded text"],
    ["# Title\n\n> quote\n\nFirst words.\nMore", "First words."],
    ["", ""],
    ["---\nbroken: [", ""],
  ])("of %j is %j", (head, about) => {
    expect(aboutOf(head)).toBe(about);
  });
});
