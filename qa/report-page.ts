/** The report as a page that a person opens from disk: no script, nothing from elsewhere, every text escaped. */
import type { QaFinding, QaReport, QaVisit } from "../domain/qa.js";
import { html, joined, type Html } from "./html.js";
import { severityOf } from "./rules.js";

const STYLE = `:root{color-scheme:light dark;--line:#8884;--bad:#c22;--good:#17803d;--soft:#8881}
*{box-sizing:border-box}body{font:15px/1.5 system-ui,sans-serif;margin:0 auto;max-width:72rem;padding:1.5rem}
h1{font-size:1.5rem;margin:0}h2{margin:2rem 0 .5rem;font-size:1.2rem}h3{margin:1.2rem 0 .3rem;font-size:1rem}
.verdict{padding:.1rem .6rem;border-radius:.3rem;color:#fff;background:var(--bad)}.passed{background:var(--good)}
.quiet{opacity:.75}table{border-collapse:collapse;width:100%}td,th{border-top:1px solid var(--line);padding:.3rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}
.critical,.major{color:var(--bad);font-weight:600}code,pre{font:13px/1.4 ui-monospace,monospace;overflow-wrap:anywhere;white-space:pre-wrap}
pre{background:var(--soft);padding:.6rem;max-height:30rem;overflow:auto}summary{cursor:pointer}
.visits{display:grid;gap:1rem;grid-template-columns:repeat(auto-fill,minmax(20rem,1fr))}
.visit{border:1px solid var(--line);border-radius:.4rem;padding:.8rem;min-width:0}.visit>a{display:block;max-height:22rem;overflow:hidden;border:1px solid var(--line)}
.visit img{display:block;width:100%}`;

/** Pictures of pages are the only thing that it loads, from its own folder. */
const POLICY = "default-src 'none'; img-src 'self' file:; style-src 'unsafe-inline'";

/** `index.html` of a report. */
export function reportPage(report: QaReport): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
        <title>${report.verdict}: browser QA of ${report.url}</title>
        <style>
          ${html.trusted(STYLE)}
        </style>
      </head>
      <body>
        <h1><span class="verdict ${report.verdict}">${report.verdict}</span> ${report.url}</h1>
        ${headOf(report)} ${findingsOf(report)} ${ignoredOf(report)}
        <h2>Pages</h2>
        <div class="visits">${joined(report.visits.map(visitOf))}</div>
      </body>
    </html> `.text;
}

function headOf(report: QaReport): Html {
  const { browser, links, visits, startedAt, ms, why, compared } = report;
  const facts = [
    startedAt.slice(0, 16).replace("T", " ") + " UTC",
    `${(ms / 1_000).toFixed(1)} s`,
    `${visits.length} visits`,
    `${links.checked} links checked`,
    `${links.external} links to other sites checked, ${links.unasked ?? 0} not`,
    ...(browser === undefined ? [] : [`browser ${browser.version}`]),
    ...(compared === undefined ? [] : [comparedWith(compared)]),
  ];
  return html`<p class="quiet">${facts.join(" · ")}</p>
    ${why === undefined ? "" : html`<p><strong>${why}</strong></p>`}`;
}

function comparedWith(compared: NonNullable<QaReport["compared"]>): string {
  if ("why" in compared) return `pictures not compared: ${compared.why}`;
  const by = compared.browser === undefined ? "" : ` by browser ${compared.browser}`;
  return `pictures compared with those of ${compared.startedAt.slice(0, 16).replace("T", " ")} UTC${by}`;
}

/** By rule, in the report's order: the worst first. */
function findingsOf({ findings, verdict }: QaReport): Html {
  if (findings.length === 0)
    return verdict === "not-run"
      ? html``
      : html`<h2>Findings</h2>
          <p>None.</p>`;
  const rules = [...new Set(findings.map(({ rule }) => rule))];
  return html`<h2>Findings</h2>
    ${joined(
      rules.map((rule) => {
        const of = findings.filter((finding) => finding.rule === rule);
        const severity = severityOf(rule);
        return html`<h3><span class="${severity}">${severity}</span> ${rule} (${of.length})</h3>
          <table>
            <tr>
              <th>Page</th>
              <th>Viewport</th>
              <th>What</th>
              <th>Where</th>
            </tr>
            ${joined(of.map(rowOf))}
          </table>`;
      }),
    )}`;
}

function rowOf({ page, viewport, what, where, picture }: QaFinding): Html {
  const name = picture === undefined ? page : html`<a href="${picture}">${page}</a>`;
  return html`<tr>
    <td>${name}</td>
    <td>${viewport}</td>
    <td>${what}</td>
    <td><code>${where ?? ""}</code></td>
  </tr>`;
}

function ignoredOf({ ignored }: QaReport): Html {
  if (ignored.length === 0) return html``;
  const rows = ignored.map(
    ({ page, rule, because, times }) =>
      html`<tr>
        <td>${page}</td>
        <td>${rule}</td>
        <td>${times}</td>
        <td>${because}</td>
      </tr>`,
  );
  return html`<h2>Not counted</h2>
    <table>
      <tr>
        <th>Page</th>
        <th>Rule</th>
        <th>Times</th>
        <th>Because</th>
      </tr>
      ${joined(rows)}
    </table>`;
}

function visitOf(visit: QaVisit): Html {
  const { name, url, viewport, status, loadMs, title, picture, cutAtPx, aria, trace } = visit;
  const facts = [viewport, ...(status === undefined ? [] : [`status ${status}`]), `${loadMs} ms`];
  if (visit.changedPct !== undefined) facts.push(`${visit.changedPct} % changed`);
  if (visit.maskedPct !== undefined) facts.push(`${visit.maskedPct} % masked`);
  if (cutAtPx !== undefined) facts.push(`picture cut at ${cutAtPx} px`);
  const failed = visit.failedStep;
  return html`<div class="visit">
    <h3>${name}</h3>
    <p class="quiet">${facts.join(" · ")}<br /><code>${url}</code><br />${title}</p>
    ${failed === undefined ? "" : html`<p class="major">Step ${failed.step}: ${failed.why}</p>`}
    ${joined(metOf(visit).map((line) => html`<p>${line}</p>`))}
    ${trace === undefined ? "" : html`<p>Trace: <code>npx playwright show-trace ${trace}</code></p>`}
    ${picture === undefined ? "" : html`<a href="${picture}"><img loading="lazy" src="${picture}" alt="${name} at ${viewport}" /></a>`}
    ${
      aria === undefined
        ? ""
        : html`<details>
            <summary>ARIA snapshot</summary>
            <pre>${aria}</pre>
          </details>`
    }
  </div> `;
}

const metOf = ({ met = {} }: QaVisit): string[] => [
  ...(met.redirects ?? []).map((url) => `redirected to ${url}`),
  ...(met.dialogs ?? []).map((text) => `dismissed ${text}`),
  ...(met.downloads ?? []).map((name) => `cancelled the download of ${name}`),
  ...(met.popups ?? []).map((url) => `closed a new window: ${url}`),
];
