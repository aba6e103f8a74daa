/** A site of so many pages as apps have them: header, form, table, cards, pictures, and a script that fetches. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const STYLE = `body{font:16px/1.5 sans-serif;margin:0;color:#222;background:#fff}header,main,footer{padding:1rem 2rem}
nav a{display:inline-block;padding:.75rem;color:#0645ad}.cards{display:grid;gap:1rem;grid-template-columns:repeat(auto-fill,minmax(16rem,1fr))}
.card{border:1px solid #ccc;padding:1rem}td,th{padding:.5rem;border:1px solid #ddd;text-align:left}table{border-collapse:collapse;width:100%}
button,input,select{font:inherit;min-height:2.75rem;padding:.25rem .75rem}label{display:block;margin:.5rem 0}`;

/** Fetches after it has loaded and writes what came, as most apps do. */
const SCRIPT = `fetch("/news.json").then((answer) => answer.json()).then(({ news }) => { document.getElementById("news").textContent = news; });`;

const PICTURE = `<svg xmlns="http://www.w3.org/2000/svg" width="160" height="90"><rect width="160" height="90" fill="#468"/></svg>`;

function pageOf(number: number, pages: number): string {
  const each = (count: number, make: (at: number) => string) =>
    Array.from({ length: count }, (_, at) => make(at)).join("");
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Page ${number}</title><link rel="stylesheet" href="/style.css"></head><body>
<header><nav aria-label="Main">${each(5, (at) => `<a href="/page/${((number + at) % pages) + 1}">Page ${((number + at) % pages) + 1}</a> `)}</nav></header>
<main><h1>Page ${number}</h1><p id="news">News follow.</p>
<form><label>Name <input name="name"></label><label>Kind <select name="kind"><option>One</option><option>Two</option></select></label><button type="button">Save page ${number}</button></form>
<h2>Orders</h2><table><thead><tr><th scope="col">Order</th><th scope="col">Of</th><th scope="col">Sum</th></tr></thead><tbody>${each(15, (at) => `<tr><td>${number}-${at}</td><td>Customer ${at}</td><td>${at * 7}.00</td></tr>`)}</tbody></table>
<h2>Cards</h2><div class="cards">${each(12, (at) => `<section class="card"><h3>Card ${at}</h3><img src="/picture.svg?${at % 3}" alt="" width="160" height="90"><p>${"Some words about it. ".repeat(4)}</p><button type="button">Open ${at}</button></section>`)}</div>
</main><footer><p>The end of page ${number}.</p></footer><script src="/app.js"></script></body></html>`;
}

/** Serves it on loopback. */
export async function serveSite(pages: number): Promise<{ url: string; stop: () => void }> {
  const files: Record<string, [type: string, text: string]> = {
    "/style.css": ["text/css", STYLE],
    "/app.js": ["text/javascript", SCRIPT],
    "/news.json": ["application/json", JSON.stringify({ news: "Nothing new." })],
    "/picture.svg": ["image/svg+xml", PICTURE],
  };
  const server = createServer((request, response) => {
    const path = (request.url ?? "/").split("?")[0] ?? "/";
    const [type, text] = files[path] ?? [
      "text/html",
      pageOf(Number(path.split("/").at(-1)), pages),
    ];
    response.writeHead(200, { "content-type": type }).end(text);
  });
  await new Promise<void>((done) => {
    server.listen(0, "127.0.0.1", done);
  });
  const { port } = server.address() as AddressInfo;
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${port}/`, stop };
}
