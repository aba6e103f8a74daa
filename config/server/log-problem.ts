/** Reads from the server's own log why it did not come up, and says it in our words. */
import { EXIT, Problem } from "../../domain/problem.js";

export function problemInLog(
  log: string,
  where: { port: number; uiPort: number; dbFile: string; logFile: string },
): Problem {
  if (/database or disk is full|no space left on device|SQLITE_FULL/i.test(log)) {
    return new Problem(
      EXIT.environment,
      `The Temporal server stopped because the disk of ${where.dbFile} is full.`,
      "Free some space, then: npx missions up",
    );
  }
  if (/no such (?:table|column)|has no column named|schema version|SQLITE_SCHEMA/i.test(log)) {
    return new Problem(
      EXIT.environment,
      `${where.dbFile} was made by another version of the Temporal server, which this one cannot use.`,
      `Move it away (mv ${where.dbFile} ${where.dbFile}.kept), then: npx missions up`,
    );
  }
  if (/file is not a database|database disk image is malformed/i.test(log)) {
    return new Problem(
      EXIT.environment,
      `${where.dbFile} is damaged.`,
      `Move it away (mv ${where.dbFile} ${where.dbFile}.broken), then: npx missions up`,
    );
  }
  if (/address already in use|can't (?:run|bind|listen)|bind: /i.test(log)) {
    return new Problem(
      EXIT.environment,
      `Port ${where.port} or ${where.uiPort} was taken while the Temporal server started.`,
      `MISSIONS_TEMPORAL_PORT=${where.port + 10} npx missions up`,
    );
  }
  const last = lastError(log);
  return new Problem(
    EXIT.noServer,
    `The Temporal server did not come up${last ? ` (${last})` : ""}.`,
    `Read ${where.logFile}, then: npx missions up`,
  );
}

function lastError(log: string): string {
  const line = log
    .split("\n")
    .filter((candidate) => /error|fatal|panic/i.test(candidate))
    .at(-1);
  return (line ?? "").trim().slice(0, 300);
}
