import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { describe, expect, it } from "@jest/globals";
import { QA_RULES, severityOf, type QaRule } from "../../qa/rules.js";
import { WCAG_TAGS } from "../../qa/rules/accessibility.js";
import { bounded } from "../../qa/rules/page-rules.js";

interface AxeRule {
  id: string;
  impact: string;
  tags: string[];
}
const axe = createRequire(import.meta.url)("axe-core") as { _audit: { rules: AxeRule[] } };

describe("A rule's severity", () => {
  it("is axe's impact for each of its rules that is used", () => {
    const used = axe._audit.rules.filter(({ tags }) => tags.some((tag) => WCAG_TAGS.includes(tag)));
    expect(used.length).toBeGreaterThan(50);
    const told = used.map(({ id }) => [id, severityOf(`axe/${id}`)]);
    const right = used.map(({ id, impact }) => [
      id,
      /critical|serious/.test(impact) ? "major" : "minor",
    ]);
    expect(told).toEqual(right);
  });

  it("blocks where nobody knows the rule", () => {
    expect(severityOf("http-status")).toBe("critical");
    expect(severityOf("slow-load")).toBe("minor");
    expect(severityOf("no-such-rule")).toBe("major");
  });
});

describe("Hits of a rule on one page", () => {
  it("are 20 at most, and then how many more", () => {
    const many = Array.from({ length: 23 }, (_, n) => ({ rule: "cut-text", what: String(n) }));
    const other = { rule: "off-screen", what: "one" };
    const told = bounded([...many, other]);
    expect(told).toEqual([...many.slice(0, 20), { rule: "cut-text", what: "And 3 more." }, other]);
    expect(bounded(many.slice(0, 20))).toEqual(many.slice(0, 20));
  });
});

describe("docs/browser-qa.md", () => {
  it("lists each rule with its severity, what it says and when it does not count", async () => {
    const text = await readFile(new URL("../../docs/browser-qa.md", import.meta.url), "utf8");
    const section = text.slice(text.indexOf("\n## Rules\n"));
    const rows = section
      .split("\n")
      .filter((line) => line.startsWith("| `"))
      .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|")));
    const listed = rows.map(([, rule, severity, says, unless]) => [rule, severity, says, unless]);
    const known = Object.entries<QaRule>(QA_RULES).map(([rule, { severity, says, unless }]) => [
      `\`${rule}\``,
      severity,
      says,
      unless,
    ]);
    expect(listed).toEqual([...known, ["`axe/<id>`", ...(listed.at(-1)?.slice(1) ?? [])]]);
  });
});
