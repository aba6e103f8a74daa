/** Spans of time as sorted lists that neither overlap nor touch. */
import type { Interval } from "./mission.js";

export const lengthOf = (spans: readonly Interval[]): number =>
  spans.reduce((ms, { fromMs, toMs }) => ms + toMs - fromMs, 0);

/** @returns the span as a list: empty when it ends before it starts or is no time at all. */
export const asSpans = ({ fromMs, toMs }: Interval): Interval[] =>
  Number.isFinite(fromMs) && Number.isFinite(toMs) && toMs > fromMs ? [{ fromMs, toMs }] : [];

/** What lies in either list. */
export function unite(some: readonly Interval[], others: readonly Interval[]): Interval[] {
  const united: Interval[] = [];
  for (const { fromMs, toMs } of [...some, ...others].sort((a, b) => a.fromMs - b.fromMs)) {
    const last = united.at(-1);
    if (last !== undefined && fromMs <= last.toMs) last.toMs = Math.max(last.toMs, toMs);
    else united.push({ fromMs, toMs });
  }
  return united;
}

/** What lies in `spans` and not in `holes`. */
export function cutOut(spans: readonly Interval[], holes: readonly Interval[]): Interval[] {
  const left: Interval[] = [];
  for (const span of spans) {
    let fromMs = span.fromMs;
    for (const hole of holes) {
      if (hole.toMs <= fromMs || hole.fromMs >= span.toMs) continue;
      if (hole.fromMs > fromMs) left.push({ fromMs, toMs: hole.fromMs });
      fromMs = hole.toMs;
    }
    if (fromMs < span.toMs) left.push({ fromMs, toMs: span.toMs });
  }
  return left;
}
