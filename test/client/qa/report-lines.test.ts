import { describe, expect, it } from "@jest/globals";
import { reportLines } from "../../../client/qa/report-lines.js";
import { NO_STYLE } from "../../../client/terminal/style.js";
import type { QaFinding, QaReport, QaVisit } from "../../../domain/qa.js";

const url = "http://localhost:3000/";
const cut: QaFinding = {
  ...{ rule: "cut-text", severity: "major", page: "home", url, viewport: "desktop" },
  what: "A text is cut off.",
};
const visit = (name: string, viewport: string): QaVisit => ({
  name,
  url,
  viewport,
  loadMs: 1,
  title: "",
});

function lines(findings: QaFinding[]): string {
  const names = ["home", "add a note"];
  const report: QaReport = {
    ...{ version: 1, verdict: "failed", url, startedAt: "2030-01-01T00:00:00.000Z", ms: 1 },
    visits: ["desktop", "mobile"].flatMap((size) => names.map((name) => visit(name, size))),
    links: { checked: 1, external: 0 },
    findings,
    ignored: [],
  };
  const shown = { folder: "/report", passed: false, style: NO_STYLE };
  return reportLines(report, shown).join("\n");
}

describe("a look as it is printed", () => {
  it("counts what it lists, and two flows on a page as one page", () => {
    const text = lines([cut, { ...cut, viewport: "mobile" }]);
    expect(text).toContain("major cut-text, home (desktop, mobile): A text is cut off.");
    expect(text).toContain("2 flows on 1 page at 2 sizes, 1 link followed; 1 major.");
  });

  it("names no size for a link, which is asked once for all of them", () => {
    const text = lines([{ ...cut, rule: "broken-link", viewport: "mobile", what: "Gone." }]);
    expect(text).toContain("major broken-link, home: Gone.");
  });
});
