import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { answerPermission } from "../../../activities/adapters/acp/permissions.js";

type Asked = Parameters<typeof answerPermission>[0];
const OPTIONS: Asked["options"] = [
  { optionId: "always", name: "Always", kind: "allow_always" },
  { optionId: "once", name: "Once", kind: "allow_once" },
  { optionId: "no", name: "No", kind: "reject_once" },
];

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "permissions-"));
  await symlink("/etc", join(root, "link"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function answer(call: Partial<Asked["toolCall"]>, more = {}, options = OPTIONS) {
  const bounds = { folders: [root], mayRunCommands: true, mayFetch: false, ...more };
  const { outcome } = await answerPermission(
    { toolCall: { toolCallId: "1", ...call }, options },
    bounds,
  );
  return outcome.outcome === "selected" ? outcome.optionId : outcome.outcome;
}

describe("an agent that asks for leave", () => {
  it("may change and read what is in its workspace, once at a time", async () => {
    expect(await answer({ kind: "edit", locations: [{ path: join(root, "new/file") }] })).toBe(
      "once",
    );
    expect(await answer({ kind: "read", locations: [{ path: "src/a.ts" }] })).toBe("once");
  });

  it("may not leave it, by whatever the call names", async () => {
    expect(await answer({ kind: "edit", locations: [{ path: "/etc/passwd" }] })).toBe("no");
    expect(await answer({ kind: "read", locations: [{ path: "../x" }] })).toBe("no");
    expect(await answer({ kind: "edit", locations: [{ path: join(root, "link/passwd") }] })).toBe(
      "no",
    );
    expect(await answer({ kind: "edit", rawInput: { file_path: "/root/.ssh/id" } })).toBe("no");
    const content: Asked["toolCall"]["content"] = [
      { type: "diff", path: "/etc/hosts", newText: "" },
    ];
    expect(await answer({ kind: "edit", content })).toBe("no");
    expect(await answer({ kind: "edit", locations: [{ path: join(root, ".git/config") }] })).toBe(
      "no",
    );
  });

  it("may run commands where something holds them, and fetch where its network is held", async () => {
    expect(await answer({ kind: "execute" })).toBe("once");
    expect(await answer({ kind: "execute" }, { mayRunCommands: false })).toBe("no");
    expect(await answer({ kind: "fetch" })).toBe("no");
    expect(await answer({ kind: "fetch" }, { mayFetch: true })).toBe("once");
    expect(await answer({ kind: "switch_mode" })).toBe("no");
  });

  it("is answered even where it offers nothing that fits", async () => {
    expect(await answer({ kind: "edit" }, {}, [])).toBe("cancelled");
    expect(await answer({ kind: "switch_mode" }, {}, OPTIONS.slice(0, 2))).toBe("cancelled");
  });
});
