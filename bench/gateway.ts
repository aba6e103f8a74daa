/** What the gateway adds to calls and to chunks of streams, against talking to the provider directly; and 50 agents at once. */
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { fileURLToPath } from "node:url";
import type { CalculatedBenchmark } from "./benchmark.js";
import { percentile, round } from "./figures.js";
import { printTable, progress } from "./print.js";

const sizes = {
  calls: 300,
  streams: 20,
  chunks: 100,
  gapMs: 10,
  agents: 50,
  agentChunks: 200,
  agentGapMs: 50,
};
const nowUs = () => Number(process.hrtime.bigint() / 1_000n);
const agent = new Agent({ keepAlive: true });

interface Place {
  /** Up to and with `/v1`. */
  address: string;
  token: string;
}
interface Arrival {
  sentUs: number;
  seenUs: number;
}

export const bench: CalculatedBenchmark<typeof sizes> = {
  about:
    "time that the gateway adds per call and per streamed chunk, and 50 agents that stream at once",
  full: sizes,
  quick: { ...sizes, calls: 20, streams: 2, chunks: 20, agents: 5, agentChunks: 20 },
  async calculate(given) {
    const provider = fork(beside("./gateway-provider.js"));
    const [{ port }] = (await once(provider, "message")) as [{ port: number }];
    const host = fork(beside("./gateway-host.js"), [String(port), String(given.agents)]);
    const [{ gateways }] = (await once(host, "message")) as [
      { gateways: { listening: string; token: string }[] },
    ];
    const direct: Place = { address: `http://127.0.0.1:${port}/v1`, token: "none" };
    const through = gateways.map(({ listening, token }) => ({
      address: `${listening}/compatible/v1`,
      token,
    }));
    try {
      return await measure(given, direct, through, host);
    } finally {
      provider.disconnect();
      host.disconnect();
      agent.destroy();
      await once(host, "exit");
    }
  },
};

async function measure(given: typeof sizes, direct: Place, through: Place[], host: ChildProcess) {
  const [one = direct] = through;
  const calls = { direct: [] as number[], through: [] as number[] };
  for (let n = -20; n < given.calls; n += 1) {
    // In turns, so that whatever else the machine does falls on both.
    for (const [name, place] of [
      ["direct", direct],
      ["through", one],
    ] as const) {
      const fromUs = nowUs();
      await call(place, {});
      if (n >= 0) calls[name].push((nowUs() - fromUs) / 1_000);
    }
  }
  progress(`${given.calls} calls`);
  const chunks = { direct: [] as Arrival[], through: [] as Arrival[] };
  for (let n = 0; n < given.streams; n += 1) {
    for (const [name, place] of [
      ["direct", direct],
      ["through", one],
    ] as const) {
      chunks[name].push(...(await stream(place, given.chunks, given.gapMs)));
    }
  }
  progress(`${given.streams} streams`);
  const idle = await memoryOf(host);
  const many = (places: Place[]) =>
    Promise.all(places.map((place) => stream(place, given.agentChunks, given.agentGapMs)));
  const directMany = await many(through.map(() => direct));
  const watched = watchMemory(host);
  const throughMany = await many(through);
  const mostRssBytes = await watched.end();

  const figures = {
    call: { direct: ofMs(calls.direct), through: ofMs(calls.through) },
    chunk: { direct: ofChunks(chunks.direct), through: ofChunks(chunks.through) },
    atOnce: {
      direct: ofChunks(directMany.flat()),
      through: ofChunks(throughMany.flat()),
      /** Chunks that were seen only after the next of their stream had been sent. */
      heldBackDirect: heldBack(directMany),
      heldBack: heldBack(throughMany),
      idleRssBytes: idle.rssBytes,
      mostRssBytes,
    },
  };
  const row = (
    name: string,
    { direct: left, through: right }: Record<"direct" | "through", Spread>,
  ) => [
    name,
    left.p50Ms,
    right.p50Ms,
    round(right.p50Ms - left.p50Ms, 3),
    left.p95Ms,
    right.p95Ms,
    round(right.p95Ms - left.p95Ms, 3),
  ];
  printTable(
    ["ms", "p50 direct", "through", "added", "p95 direct", "through", "added"],
    [
      row("whole call", figures.call),
      row("chunk, one stream", figures.chunk),
      row(`chunk, ${given.agents} streams at once`, figures.atOnce),
    ],
  );
  printTable(
    [`${given.agents} streams at once`, "direct", "through"],
    [
      [
        "chunks seen after the next was sent",
        figures.atOnce.heldBackDirect,
        figures.atOnce.heldBack,
      ],
      ["slowest chunk, ms", figures.atOnce.direct.mostMs, figures.atOnce.through.mostMs],
      ["memory of the gateways' process, MB", "", round(mostRssBytes / 1e6)],
      ["  before the streams, MB", "", round(idle.rssBytes / 1e6)],
    ],
  );
  return figures;
}

type Spread = ReturnType<typeof ofMs>;
const ofMs = (values: readonly number[]) => ({
  p50Ms: round(percentile(values, 50), 3),
  p95Ms: round(percentile(values, 95), 3),
  mostMs: round(Math.max(...values), 3),
});
const ofChunks = (all: readonly Arrival[]) =>
  ofMs(all.map(({ sentUs, seenUs }) => (seenUs - sentUs) / 1_000));

const heldBack = (streams: readonly (readonly Arrival[])[]) =>
  streams.flatMap((each) =>
    each.filter(({ seenUs }, at) => seenUs > (each[at + 1]?.sentUs ?? Number.POSITIVE_INFINITY)),
  ).length;

async function stream(place: Place, chunks: number, gapMs: number): Promise<Arrival[]> {
  const arrivals: Arrival[] = [];
  const pattern = /"content":"(\d+) /g;
  await call(place, { stream: true, user: `${chunks}/${gapMs}` }, (text) => {
    const seenUs = nowUs();
    let from = pattern.lastIndex;
    for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
      arrivals.push({ sentUs: Number(found[1]), seenUs });
      from = pattern.lastIndex;
    }
    pattern.lastIndex = from;
  });
  if (arrivals.length !== chunks) throw new Error(`${arrivals.length} of ${chunks} chunks came`);
  return arrivals;
}

/** @param onText everything that has come so far. */
function call(place: Place, more: object, onText?: (text: string) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const messages = [{ role: "user", content: "word ".repeat(2_000) }];
    const body = JSON.stringify({ model: "canned", max_tokens: 1_000, messages, ...more });
    const sent = request(
      `${place.address}/chat/completions`,
      {
        method: "POST",
        agent,
        headers: {
          authorization: `Bearer ${place.token}`,
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
        },
      },
      (reply) => {
        let text = "";
        reply.on("data", (chunk: Buffer) => {
          text += chunk.toString();
          onText?.(text);
        });
        reply.on("end", () => {
          if (reply.statusCode === 200) resolve();
          else reject(new Error(`status ${reply.statusCode ?? 0}: ${text}`));
        });
        reply.on("error", reject);
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

async function memoryOf(host: ChildProcess): Promise<{ rssBytes: number }> {
  host.send("memory");
  const [said] = (await once(host, "message")) as [{ rssBytes: number }];
  return said;
}

/** @returns a function that ends the watch with the most that was seen. */
function watchMemory(host: ChildProcess) {
  let most = 0;
  const note = ({ rssBytes }: { rssBytes: number }) => {
    most = Math.max(most, rssBytes);
  };
  host.on("message", note);
  const timer = setInterval(() => host.send("memory"), 200);
  return {
    end: async () => {
      clearInterval(timer);
      note(await memoryOf(host));
      host.off("message", note);
      return most;
    },
  };
}

const beside = (path: string) => fileURLToPath(new URL(path, import.meta.url));
