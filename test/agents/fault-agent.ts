/** A small agent on the protocol's own library that does one thing wrong, named by FAULT; run as a program of its own. */
import { execFile, spawn } from "node:child_process";
import { appendFileSync, existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import * as acp from "@agentclientprotocol/sdk";

const fault = process.env["FAULT"] ?? "";
const home = process.env["HOME"] ?? "";
const outside = process.env["OUTSIDE"] ?? "";
/** What was said to it, over all its lives. */
const memory = join(home, "fault-agent.jsonl");
const forever = () => new Promise<never>(() => setInterval(() => undefined, 60_000));

let cwd = "";
let cancelled: () => void = () => undefined;

type Client = acp.AgentContext;
const sessionId = "fault-session";
const say = (client: Client, text: string) =>
  client.notify(acp.methods.client.session.update, {
    sessionId,
    update: { sessionUpdate: "agent_message_chunk", content: { type: "text", text } },
  });

async function write(client: Client, path: string, text: string, id = path) {
  const call = { toolCallId: id, title: `write ${path}`, kind: "edit" as const };
  const update = { ...call, sessionUpdate: "tool_call" as const, status: "in_progress" as const };
  await client.notify(acp.methods.client.session.update, { sessionId, update });
  let status: "completed" | "failed" = "completed";
  try {
    writeFileSync(path, text);
  } catch {
    status = "failed";
  }
  await client.notify(acp.methods.client.session.update, {
    sessionId,
    update: { ...call, sessionUpdate: "tool_call_update", status },
  });
  return status;
}

async function mayI(client: Client, kind: acp.ToolKind, path: string) {
  const { outcome } = await client.request(acp.methods.client.session.requestPermission, {
    sessionId,
    toolCall: { toolCallId: path, title: `${kind} ${path}`, kind, locations: [{ path }] },
    options: [
      { optionId: "yes", name: "Yes", kind: "allow_once" },
      { optionId: "no", name: "No", kind: "reject_once" },
    ],
  });
  return outcome.outcome === "selected" && outcome.optionId === "yes";
}

const cost = (client: Client, amount: number) =>
  client.notify(acp.methods.client.session.update, {
    sessionId,
    update: {
      sessionUpdate: "usage_update",
      used: 10,
      size: 100,
      cost: { amount, currency: "USD" },
    },
  });

/** Starts the app of its workspace and looks at it by the command that it was told, as a model would by its shell. */
async function look(text: string, client: Client) {
  const [, command = "exit 99"] = /look at it in a browser: (.+?)\. It prints/.exec(text) ?? [];
  const [, folder = ""] = /--out "([^"]+)"/.exec(command) ?? [];
  const env = { ...process.env, PORT: "4321" };
  const app = spawn("node", ["app.mjs"], { cwd, env, stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((resolve) => app.stdout.once("data", resolve));
  const asked = command.replace("PORT", env.PORT);
  const { status, stdout, stderr } = await new Promise<Ended>((resolve) => {
    execFile("/bin/sh", ["-c", asked], { cwd }, (error, out, err) => {
      resolve({ status: Number(error?.code ?? 0), stdout: out, stderr: err });
    });
  });
  app.kill();
  const pictures = readdirSync(join(folder, "assets"));
  const [picture = ""] = pictures;
  const [first] = readFileSync(join(folder, "assets", picture)).subarray(1, 2);
  const mayRead = await mayI(client, "read", join(folder, "assets", picture));
  return { status, stdout, stderr, pictures, isPng: first === "P".charCodeAt(0), mayRead };
}

interface Ended {
  status: number;
  stdout: string;
  stderr: string;
}

async function turn(client: Client, text: string): Promise<acp.PromptResponse> {
  appendFileSync(memory, `${JSON.stringify(text)}\n`);
  const turns = readFileSync(memory, "utf8").trim().split("\n").length;
  const stopped = new Promise<acp.PromptResponse>((resolve) => {
    cancelled = () => {
      resolve({ stopReason: "cancelled" });
    };
  });
  if (fault === "dies-unheard" && turns === 1) process.kill(process.pid, "SIGKILL");
  await write(client, join(cwd, `turn-${turns}.txt`), "made\n");
  switch (fault) {
    case "dies":
      process.stderr.write("out of luck\n");
      process.exit(3);
      break;
    case "dies-once":
      if (turns === 1) process.kill(process.pid, "SIGKILL");
      break;
    case "hangs":
    case "forgets":
      if (turns <= Number(process.env["HANGS"] ?? 1)) return stopped;
      break;
    case "deaf":
      return forever();
    case "asks": {
      const inside = await mayI(client, "edit", join(cwd, "inside.txt"));
      const beyond = await mayI(client, "edit", outside);
      const mode = await mayI(client, "switch_mode", cwd);
      await say(client, `inside ${inside}, outside ${beyond}, mode ${mode}`);
      return { stopReason: "end_turn" };
    }
    case "outside":
      await say(client, `outside: ${await write(client, outside, "mine\n")}`);
      return { stopReason: "end_turn" };
    case "garbage":
      process.stdout.write('Loading model...\n{"not": "a message"}\n[1,2]\n{broken\n');
      break;
    case "babbles":
      for (;;) if (!process.stdout.write("garbage\n".repeat(1_000))) await drain();
    case "floods":
      for (;;) if (!process.stdout.write("x".repeat(65_536))) await drain();
    case "refuses":
      await say(client, "I will not do this.");
      return { stopReason: "refusal" };
    case "cut":
      return { stopReason: turns < 3 ? "max_tokens" : "end_turn" };
    case "errors":
      throw new acp.RequestError(-32_603, "the provider is gone");
    case "limited":
      if (turns > 1) break;
      await say(client, "You've hit your session limit · resets 11pm (Asia/Tokyo)");
      return { stopReason: "end_turn" };
    case "limited-error":
      throw new acp.RequestError(-32_603, "usage_limit_reached: try again in 5 hours 2 minutes.");
    case "knows-login":
      await say(client, readFileSync(join(home, ".faulty/login.json"), "utf8"));
      return { stopReason: "end_turn" };
    case "looks": {
      await say(client, JSON.stringify(await look(text, client)));
      return { stopReason: "end_turn" };
    }
    case "costs":
      await cost(client, 0.25);
      break;
    case "costs-and-dies":
      await cost(client, 0.25 / turns);
      if (turns === 1) process.exit(3);
      break;
    case "overspends":
      await cost(client, 5);
      return stopped;
  }
  await say(client, `Done in turn ${turns}.`);
  return { stopReason: "end_turn" };
}

const drain = () => new Promise((resolve) => process.stdout.once("drain", resolve));

if (fault === "speechless") await forever();
if (fault === "ends-at-once") {
  process.stderr.write("no licence\n");
  process.exit(4);
}

acp
  .agent({ name: "fault-agent" })
  .onRequest(acp.methods.agent.initialize, () => ({
    protocolVersion: fault === "old" ? 0 : acp.PROTOCOL_VERSION,
    agentCapabilities:
      fault === "forgets" || fault === "costs-and-dies"
        ? {}
        : { loadSession: false, sessionCapabilities: { resume: {} } },
    authMethods: [{ id: "by-key", name: "By key" }],
  }))
  .onRequest(acp.methods.agent.authenticate, () => {
    writeFileSync(join(home, "logged-in"), "");
    return {};
  })
  .onRequest(acp.methods.agent.session.new, ({ params }) => {
    if (fault === "wants-login" && !existsSync(join(home, "logged-in"))) {
      throw acp.RequestError.authRequired();
    }
    cwd = params.cwd;
    return { sessionId };
  })
  .onRequest(acp.methods.agent.session.resume, ({ params }) => {
    cwd = params.cwd;
    return {};
  })
  .onNotification(acp.methods.agent.session.cancel, () => {
    cancelled();
  })
  .onRequest(acp.methods.agent.session.prompt, ({ params, client }) => {
    const [block] = params.prompt;
    return turn(client, block?.type === "text" ? block.text : "");
  })
  .connect(
    acp.ndJsonStream(
      Writable.toWeb(process.stdout) as WritableStream<Uint8Array>,
      Readable.toWeb(process.stdin) as ReadableStream<Uint8Array>,
    ),
  );
