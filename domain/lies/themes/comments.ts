/** Comments and attributes that switch lint, types or coverage off. */
import { type Change, type ChangedFile, isGenerated, isTestPath, textOf } from "../changed-file.js";
import type { Hit, LieKindName } from "../kinds.js";
import { languageOf, readSource } from "../reading/source.js";
import { shapeOf } from "../reading/token.js";

const LINT =
  /\b(?:eslint-disable(?!-next-line-nothing)|biome-ignore|oxlint-disable|tslint:disable|deno-lint-ignore|jshint ignore|standard-disable|stylelint-disable|rubocop:disable|shellcheck disable|pylint:\s*disable|noqa\b|type:\s*ignore|pyright:\s*(?:ignore|basic)|mypy:\s*ignore|ruff:\s*noqa|nolint\b|nosec\b|NOSONAR|noinspection|phpcs:ignore|phpstan-ignore|psalm-suppress|swiftlint:disable|ktlint-disable|checkstyle:off)|@ts-(?:ignore|nocheck|expect-error)|@SuppressWarnings|@phpstan-ignore/;
const COVERAGE =
  /\b(?:istanbul ignore|c8 ignore|v8 ignore|node:coverage (?:ignore|disable)|pragma:\s*no\s*cover|pragma:\s*no\s*branch|LCOV_EXCL|GCOVR_EXCL|codecov ignore|tarpaulin_include|coverage:ignore)/i;
/** Cheap, so that most files are not read further. */
const ANY = new RegExp(`${LINT.source}|#!?\\[\\s*(?:allow|coverage|expect)|@SuppressWarnings`, "i");

export function commentHits({ files }: Change): Hit[] {
  const before = countAll(files, "before");
  const after = countAll(files, "after");
  const hits: Hit[] = [];
  for (const [key, { count, places }] of after) {
    let added = count - (before.get(key)?.count ?? 0);
    for (const { path, text, kind } of places) {
      const own = [...(before.get(key)?.places ?? [])].some((each) => each.path === path);
      if (added <= 0) break;
      if (own && places.some((each) => each.path !== path)) continue;
      added -= 1;
      const file = files.find((each) => each.path === path);
      const isNewGenerated = file?.before === undefined && isGenerated(path, textOf(file?.after));
      const isTypeTest = isTestPath(path) && text.includes("@ts-expect-error");
      hits.push({
        kind,
        path,
        what: `${JSON.stringify(text.slice(0, 60))} was added`,
        minor: isNewGenerated || isTypeTest,
      });
    }
  }
  return hits;
}

interface Places {
  count: number;
  places: { path: string; text: string; kind: LieKindName }[];
}

function countAll(files: readonly ChangedFile[], end: "before" | "after"): Map<string, Places> {
  const found = new Map<string, Places>();
  for (const file of files) {
    const text = file[end];
    if (typeof text !== "string" || languageOf(file.path) === undefined) continue;
    if (!ANY.test(text) && !COVERAGE.test(text)) continue;
    for (const { text: said, kind } of switches(file.path, text)) {
      const places = found.get(said) ?? { count: 0, places: [] };
      places.count += 1;
      places.places.push({ path: file.path, text: said, kind });
      found.set(said, places);
    }
  }
  return found;
}

function switches(path: string, text: string): { text: string; kind: LieKindName }[] {
  const { tokens, comments } = readSource(path, text);
  const said = comments.map((comment) =>
    comment.text.replace(/^[/*#\s]+|[*/\s]+$/g, "").replace(/\s+/g, " "),
  );
  const attributes = tokens.flatMap((token, at) =>
    token.text === "#" && /^(?:rust)$/.test(languageOf(path) ?? "")
      ? [shapeOf(tokens.slice(at, at + 12)).replace(/ (\]).*$/, " $1")]
      : [],
  );
  return [
    ...said.flatMap((each): { text: string; kind: LieKindName }[] => {
      if (COVERAGE.test(each)) return [{ text: each, kind: "coverage-excluded" }];
      return LINT.test(each) ? [{ text: each, kind: "lint-disabled" }] : [];
    }),
    ...attributes.flatMap((each): { text: string; kind: LieKindName }[] => {
      if (/^# (?:! )?\[ (?:allow|expect) \(/.test(each))
        return [{ text: each, kind: "lint-disabled" }];
      return /^# (?:! )?\[ coverage \( off/.test(each)
        ? [{ text: each, kind: "coverage-excluded" }]
        : [];
    }),
  ];
}
