/** Runtime log of background processes: one JSON object a line, with every known secret scrubbed by value. */
import type { LogEntry } from "@temporalio/worker";

const LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LEVELS)[number];

/** Event name and fields; no sentences, never a brief, prompt or secret. */
export type Log = Record<LogLevel, (event: string, fields?: Record<string, unknown>) => void>;

/** Shorter values would blot out half of every line. */
const SHORTEST_SECRET = 6;

export interface LogSettings {
  write: (line: string) => void;
  level: LogLevel;
  /** Asked for at every line, because keys may be entered while the process runs. */
  secrets: () => readonly string[];
  now?: () => Date;
}

/** Contract: never throws for what it is given to log. */
export function createLog(settings: LogSettings): Log {
  const least = LEVELS.indexOf(settings.level);
  const at =
    (level: LogLevel) =>
    (event: string, fields: Record<string, unknown> = {}) => {
      if (LEVELS.indexOf(level) < least) return;
      const time = (settings.now?.() ?? new Date()).toISOString();
      const line = stringify({ time, level, event, ...fields });
      settings.write(`${scrub(line, settings.secrets())}\n`);
    };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** Adapter for `new DefaultLogger(level, temporalLogSink(log))`, which `Runtime.install` takes. */
export function temporalLogSink(log: Log): (entry: LogEntry) => void {
  return ({ level, message, meta }) => {
    const ours = level === "TRACE" ? "debug" : (level.toLowerCase() as LogLevel);
    log[ours](message, { ...meta });
  };
}

/** Replaces each secret, also where JSON or a URL escapes it. */
export function scrub(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret.length < SHORTEST_SECRET) continue;
    const escaped = JSON.stringify(secret).slice(1, -1);
    for (const form of new Set([secret, escaped, encodeURIComponent(secret)])) {
      clean = clean.replaceAll(form, "[secret]");
    }
  }
  return clean;
}

const hasJson = (item: object): item is { toJSON: () => unknown } =>
  "toJSON" in item && typeof item.toJSON === "function";

function stringify(value: Record<string, unknown>): string {
  const path = new Set<unknown>();
  const plain = (item: unknown): unknown => {
    if (typeof item === "bigint") return item.toString();
    if (typeof item !== "object" || item === null) return item;
    if (path.has(item)) return "[circular]";
    path.add(item);
    try {
      if (item instanceof Error) {
        return plain({
          name: item.name,
          message: item.message,
          stack: item.stack,
          ...(item.cause === undefined ? {} : { cause: item.cause }),
        });
      }
      if (Array.isArray(item)) return item.map(plain);
      if (hasJson(item)) return plain(item.toJSON());
      return Object.fromEntries(Object.entries(item).map(([key, child]) => [key, plain(child)]));
    } finally {
      path.delete(item);
    }
  };
  try {
    return JSON.stringify(plain(value));
  } catch (error) {
    return JSON.stringify({ level: "error", event: "unloggable", message: String(error) });
  }
}
