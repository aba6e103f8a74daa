/** The loop that anybody would write first: calls, tools, messages in memory; no journal, no checkpoint, no sandbox. */
import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, jsonSchema, tool } from "ai";
import type { ModelMessage, ToolSet } from "ai";
import { TOOL_SPECS } from "../activities/adapters/agent-tools.js";
import { editText, readText, writeText } from "../activities/adapters/file-tools.js";

const TOOLS: ToolSet = Object.fromEntries(
  Object.entries(TOOL_SPECS).map(([name, { description, schema }]) => [
    name,
    tool({ description, inputSchema: jsonSchema(schema as object) }),
  ]),
);

/** @returns ms from the first call to the answer of `finish`. */
export async function plainLoop(order: {
  baseUrl: string;
  system: string;
  brief: string;
  tree: string;
}): Promise<number> {
  const { baseUrl, system, brief, tree } = order;
  const model = createOpenAICompatible({ name: "demo", baseURL: baseUrl })("canned");
  const folders = { tree, handover: `${tree}-handover` };
  await mkdir(folders.handover);
  const messages: ModelMessage[] = [{ role: "user", content: brief }];
  const beganMs = performance.now();
  for (;;) {
    const { response, toolCalls } = await generateText({
      model,
      system,
      messages,
      tools: TOOLS,
      maxRetries: 0,
    });
    messages.push(...response.messages);
    for (const call of toolCalls) {
      if (call.toolName === "finish") return performance.now() - beganMs;
      const value = await useTool(folders, call.toolName, call.input as Record<string, string>);
      messages.push({
        role: "tool",
        content: [
          {
            type: "tool-result",
            toolCallId: call.toolCallId,
            toolName: call.toolName,
            output: { type: "text", value },
          },
        ],
      });
    }
    if (toolCalls.length === 0) throw new Error("the loop ended without finish");
  }
}

/** Answers in the same words as the builtin agent's tools, so that only what is sent beside them can differ. */
async function useTool(
  folders: { tree: string; handover: string },
  name: string,
  given: Record<string, string>,
): Promise<string> {
  const { path = "", content = "", find = "", replace = "", pattern = "", command = "" } = given;
  switch (name) {
    case "read":
      return readText(folders, path);
    case "write":
      return writeText(folders, path, content);
    case "edit":
      return editText(folders, { path, find, replace, all: false });
    case "search": {
      const found = await shell(
        folders.tree,
        `grep -rnIE -e '${pattern}' -- ${folders.tree}/${path}`,
      );
      const text = found.output.replaceAll(`${folders.tree}/${path}/`, "").trimEnd();
      return text === "" ? "nothing found" : text;
    }
    case "run": {
      const { output, exitCode } = await shell(folders.tree, command);
      return `${output.trimEnd()}\n[exit ${exitCode}]`.trimStart();
    }
    default:
      throw new Error(`the bench uses no ${name}`);
  }
}

const shell = (cwd: string, command: string) =>
  new Promise<{ output: string; exitCode: number }>((resolve) => {
    const child = execFile("sh", ["-c", command], { cwd }, (_, stdout, stderr) => {
      resolve({ output: stdout + stderr, exitCode: child.exitCode ?? 1 });
    });
  });
