import { formatTokens, formatUsd, usdFromMicroUsd } from "../../domain/money.js";
import { EXIT } from "../../domain/problem.js";
import { toCsv } from "../account/csv.js";
import { groupCalls, totalOf, type CallGroup, type Grouping } from "../account/groups.js";
import { readPaidCalls, type PaidCall } from "../account/paid-calls.js";
import type { Context } from "../context.js";
import { findRecord } from "../find-mission.js";
import { tableColumns } from "../terminal/output.js";
import { table } from "../terminal/table.js";

const CALL_COLUMNS = [
  "at",
  "featureId",
  "attempt",
  "role",
  "model",
  "requestId",
  "inputTokens",
  "cacheReadTokens",
  "cacheWriteTokens",
  "outputTokens",
  "reasoningTokens",
  "tokens",
  "costUsd",
  "priceSource",
  "booked",
] as const;
const GROUP_COLUMNS = [
  "group",
  "calls",
  "inputTokens",
  "cacheReadTokens",
  "cacheWriteTokens",
  "outputTokens",
  "reasoningTokens",
  "tokens",
  "costUsd",
  "atWorstCase",
] as const;

const inUsd = <Row extends { costMicroUsd: number }>(row: Row) => ({
  ...row,
  costUsd: usdFromMicroUsd(row.costMicroUsd),
});

/** Needs no server: the journals of this host are the account. */
export async function runBudgetShow(
  context: Context,
  typed: string[],
  options: { by?: Grouping | undefined; csv?: boolean | undefined },
) {
  const { output, paths } = context;
  const { record } = await findRecord(context, typed);
  const calls = await readPaidCalls(paths.journals, record.missionId);
  const groups = options.by === undefined ? undefined : groupCalls(calls, options.by);
  if (options.csv === true && !output.json) {
    output.write(
      groups === undefined
        ? toCsv(calls.map(inUsd), CALL_COLUMNS)
        : toCsv(groups.map(inUsd), GROUP_COLUMNS),
    );
    return EXIT.ok;
  }
  const total = totalOf(calls);
  const width = tableColumns(output);
  output.answer(
    {
      missionId: record.missionId,
      by: options.by,
      rows: (groups ?? calls).map(inUsd),
      total: inUsd(total),
    },
    calls.length === 0
      ? [`Mission ${record.missionId} has made no paid call on this host.`]
      : groups === undefined
        ? callTable(calls, total, width)
        : groupTable(groups, total, width),
  );
  return EXIT.ok;
}

function callTable(calls: PaidCall[], total: CallGroup, width: number): string[] {
  const head =
    "TIME (UTC)|FEATURE|ATTEMPT|ROLE|MODEL|IN|CACHED|OUT|COST|BOOKED|PRICE|REQUEST".split("|");
  const rows = calls.map((call) => [
    call.at.slice(0, 19).replace("T", " "),
    call.featureId,
    String(call.attempt),
    call.role,
    call.model,
    formatTokens(call.inputTokens),
    formatTokens(call.cacheReadTokens),
    formatTokens(call.outputTokens),
    formatUsd(call.costMicroUsd),
    call.booked,
    call.priceSource,
    call.requestId,
  ]);
  return [...table(head, rows, { width, right: [2, 5, 6, 7, 8] }), totalLine(total)];
}

function groupTable(groups: CallGroup[], total: CallGroup, width: number): string[] {
  const head = ["", "CALLS", "IN", "CACHED", "OUT", "REASONING", "CHARGED", "COST", "WORST CASE"];
  const rows = groups.map((group) => [
    group.group,
    String(group.calls),
    formatTokens(group.inputTokens),
    formatTokens(group.cacheReadTokens),
    formatTokens(group.outputTokens),
    formatTokens(group.reasoningTokens),
    formatTokens(group.tokens),
    formatUsd(group.costMicroUsd),
    String(group.atWorstCase),
  ]);
  return [...table(head, rows, { width, right: [1, 2, 3, 4, 5, 6, 7, 8] }), totalLine(total)];
}

const totalLine = (total: CallGroup) =>
  `${total.calls} calls, ${formatTokens(total.tokens)} tokens, ${formatUsd(total.costMicroUsd)}` +
  (total.atWorstCase > 0 ? `; ${total.atWorstCase} counted at worst case` : "");
