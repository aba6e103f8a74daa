/** Makes a server ready for missions: the namespace with its retention, and the search attributes. Safe to repeat. */
import { setTimeout as delay } from "node:timers/promises";
import type { Connection } from "@temporalio/client";
import { msToTs } from "@temporalio/common/lib/time.js";
import { EXIT, Problem } from "../../domain/problem.js";
import type { Report } from "./acquire.js";

export const RETENTION_DAYS = 90;
const DAY_SECONDS = 86_400;

/** Names as in the Web UI, types as the server's API numbers them. */
export const SEARCH_ATTRIBUTES = {
  MissionId: "Keyword",
  MissionStatus: "Keyword",
  MissionMode: "Keyword",
  MissionKind: "Keyword",
  BudgetUsedPct: "Int",
  FeaturesDone: "Int",
  FeaturesTotal: "Int",
  SpendUsd: "Double",
} as const;
/** Numbers of `temporal.api.enums.v1.IndexedValueType`. */
const VALUE_TYPE = { Keyword: 2, Int: 3, Double: 4 } as const;

/** gRPC status codes. */
const NOT_FOUND = 5;
const ALREADY_EXISTS = 6;

/**
 * @param owned true for our own development server, whose retention is ours to change; elsewhere it is only reported.
 * @throws Problem when the server does not let us, with the commands for whoever may.
 */
export async function prepareNamespace(
  connection: Connection,
  namespace: string,
  options: { owned: boolean; report: Report; limitMs?: number },
): Promise<void> {
  const end = Date.now() + (options.limitMs ?? 60_000);
  try {
    await ensureNamespace(connection, namespace, options);
    await until(end, () => listAttributes(connection, namespace));
    await ensureAttributes(connection, namespace, end);
    // Usable means that a search by them is understood, which a cluster learns some seconds later.
    await until(end, () =>
      connection.workflowService.listWorkflowExecutions({
        namespace,
        pageSize: 1,
        query: `MissionId = "none" AND MissionStatus = "none" AND SpendUsd > 0 AND BudgetUsedPct > 0`,
      }),
    );
  } catch (error) {
    throw new Problem(
      EXIT.noServer,
      `Namespace ${namespace} could not be made ready: ${detailOf(error)}.`,
      `Ask whoever runs the server for: temporal operator namespace create --namespace ${namespace} --retention ${RETENTION_DAYS * 24}h; temporal operator search-attribute create --namespace ${namespace} ${Object.entries(
        SEARCH_ATTRIBUTES,
      )
        .map(([name, type]) => `--name ${name} --type ${type}`)
        .join(" ")}`,
      error,
    );
  }
}

async function ensureNamespace(
  connection: Connection,
  namespace: string,
  { owned, report }: { owned: boolean; report: Report },
): Promise<void> {
  const retention = msToTs(`${RETENTION_DAYS} days`);
  const found = await connection.workflowService
    .describeNamespace({ namespace })
    .catch(ignore(NOT_FOUND));
  if (!found) {
    await connection.workflowService
      .registerNamespace({ namespace, workflowExecutionRetentionPeriod: retention })
      .catch(ignore(ALREADY_EXISTS));
    report(`Namespace ${namespace} made; finished missions stay ${RETENTION_DAYS} days.`);
    return;
  }
  const keptSeconds = Number(found.config?.workflowExecutionRetentionTtl?.seconds ?? 0);
  if (keptSeconds >= RETENTION_DAYS * DAY_SECONDS) return;
  if (owned) {
    await connection.workflowService.updateNamespace({
      namespace,
      config: { workflowExecutionRetentionTtl: retention },
    });
    return;
  }
  report(
    `Namespace ${namespace} keeps finished missions for ${Math.round(keptSeconds / DAY_SECONDS)} days only; ${RETENTION_DAYS} are meant: temporal operator namespace update --namespace ${namespace} --retention ${RETENTION_DAYS * 24}h`,
  );
}

async function ensureAttributes(
  connection: Connection,
  namespace: string,
  end: number,
): Promise<void> {
  const missing = await missingAttributes(connection, namespace);
  if (missing.length === 0) return;
  await until(end, () =>
    connection.operatorService
      .addSearchAttributes({
        namespace,
        searchAttributes: Object.fromEntries(
          missing.map((name) => [name, VALUE_TYPE[SEARCH_ATTRIBUTES[name]]]),
        ),
      })
      .catch(ignore(ALREADY_EXISTS)),
  );
  await until(end, async () => {
    const still = await missingAttributes(connection, namespace);
    if (still.length > 0) throw new Error(`search attributes not there yet: ${still.join(", ")}`);
  });
}

/** @throws when a name is taken by another type: a search by it would never fit. */
async function missingAttributes(
  connection: Connection,
  namespace: string,
): Promise<(keyof typeof SEARCH_ATTRIBUTES)[]> {
  const { customAttributes } = await listAttributes(connection, namespace);
  const names = Object.keys(SEARCH_ATTRIBUTES) as (keyof typeof SEARCH_ATTRIBUTES)[];
  const wrong = names.filter(
    (name) =>
      name in customAttributes &&
      Number(customAttributes[name]) !== VALUE_TYPE[SEARCH_ATTRIBUTES[name]],
  );
  if (wrong.length > 0) {
    throw new Problem(
      EXIT.environment,
      `search attributes of another type are in the way: ${wrong.join(", ")}`,
      "Use another namespace.",
    );
  }
  return names.filter((name) => !(name in customAttributes));
}

function listAttributes(connection: Connection, namespace: string) {
  return connection.operatorService.listSearchAttributes({ namespace });
}

/** Tries again until it does not throw, at most until `end`; what a person must mend is thrown at once. */
async function until<T>(end: number, step: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await step();
    } catch (error) {
      if (error instanceof Problem || Date.now() >= end || isForbidden(error)) throw error;
      await delay(100);
    }
  }
}

function codeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}

const isForbidden = (error: unknown) => [7, 12, 16].includes(Number(codeOf(error)));

function ignore(code: number): (error: unknown) => undefined {
  return (error) => {
    if (codeOf(error) !== code) throw error;
    return undefined;
  };
}

function detailOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "details" in error && typeof error.details === "string" && error.details
    ? error.details
    : error.message;
}
