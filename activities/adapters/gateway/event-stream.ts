/** Cuts a stream of server-sent events into whole events, each with the bytes that it came in. */

export interface StreamEvent {
  raw: Buffer;
  /** What stands behind `data:`. */
  data: string;
}

export interface EventSplitter {
  push(chunk: Buffer): StreamEvent[];
  /** What is left at the end: an event without its closing line. */
  rest(): Buffer;
}

const ENDS = [Buffer.from("\n\n"), Buffer.from("\r\n\r\n"), Buffer.from("\r\r")];

export function createEventSplitter(): EventSplitter {
  let held: Buffer = Buffer.alloc(0);
  return {
    push(chunk) {
      const events: StreamEvent[] = [];
      // An end may lie across two chunks.
      let from = Math.max(0, held.length - 3);
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      for (;;) {
        const end = endOf(held, from);
        if (end === -1) return events;
        const raw = held.subarray(0, end);
        events.push({ raw, data: dataOf(raw.toString("utf8")) });
        held = held.subarray(end);
        from = 0;
      }
    },
    rest: () => held,
  };
}

function endOf(bytes: Buffer, from: number): number {
  const found = ENDS.map((end) => ({ at: bytes.indexOf(end, from), length: end.length })).filter(
    ({ at }) => at !== -1,
  );
  if (found.length === 0) return -1;
  const first = found.reduce((least, each) => (each.at < least.at ? each : least));
  return first.at + first.length;
}

const dataOf = (text: string) =>
  text
    .split(/\r\n|\n|\r/)
    .flatMap((line) => (line.startsWith("data:") ? [line.slice(line[5] === " " ? 6 : 5)] : []))
    .join("\n");
