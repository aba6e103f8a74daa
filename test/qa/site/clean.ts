/** A site on which all is well, full of things that look like faults and are none. */
import { inMain, pageText } from "./page-text.js";
import { PIXEL, type Site } from "./answers.js";

const NAV = `<a class="skip" href="#content">Skip to the content</a>
<header class="top"><nav aria-label="Pages"><ul>
<li><a href="/">Home</a></li><li><a href="/articles">Articles</a></li><li><a href="/form">Form</a></li>
<li><a href="/carousel">Pictures</a></li><li><a href="/table">Numbers</a></li><li><a href="/app">App</a></li>
</ul></nav>
<div class="menu"><button aria-expanded="false" aria-controls="more">More</button>
<ul id="more" hidden><li><a href="/articles#templates">Templates</a></li><li><a href="/form?from=menu">Write to us</a></li></ul></div>
</header>`;

const STYLE = `
.skip { position: absolute; left: -9999px; top: 0; background: #fff; padding: .5rem }
.skip:focus { left: 0 }
.top { position: sticky; top: 0; z-index: 10; background: #fff; border-bottom: 1px solid #ccc; padding: .5rem 1rem; display: flex; flex-wrap: wrap; gap: 1rem }
.top ul { display: flex; flex-wrap: wrap; gap: 1rem; list-style: none; margin: 0; padding: 0 }
.top a { display: inline-block; padding: .25rem }
.menu { position: relative } .menu ul { position: absolute; z-index: 20; background: #fff; padding: 1rem }
.menu ul[hidden] { display: none }
button, select, input { font: inherit; min-height: 2.5rem }
.visually-hidden { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip: rect(0 0 0 0); white-space: nowrap }
`;

const site = (title: string, body: string, style = "", script?: string): string =>
  pageText({
    title,
    style: STYLE + style,
    body: `${NAV}\n${inMain(title, body).replace("<main>", '<main id="content" tabindex="-1">')}\n<footer style="padding: 1rem"><p>Made by people. <a href="#content">Back to the top of the text</a></p></footer>`,
    ...(script === undefined ? {} : { script }),
  });

const WORDS =
  "A long text has many lines, and each of them ends where the next one begins, so that whoever reads it comes to its end in the order in which it was written. ";
const paragraphs = (count: number): string => `<p>${WORDS.repeat(3)}</p>`.repeat(count);

const home = site(
  "A site",
  `<p>Now: <time id="clock">12:00:00</time></p>
<p>It is sunny<span class="visually-hidden"> in all places that we know of</span>.</p>
<p class="dots">${WORDS}</p><p class="clamp">${WORDS}</p>
<div class="ticker" role="marquee" aria-label="News"><span>${WORDS}</span></div>
<p><button aria-describedby="tip">Help</button> <span id="tip" role="tooltip" class="tip">A tip that is shown when it is wanted</span></p>
<p><button class="badge-holder" aria-label="Letters, 3 new"><span aria-hidden="true" class="icon">L</span><span aria-hidden="true" class="badge">3</span></button></p>
<details><summary>What else is there?</summary><p>Something that is not shown at first.</p></details>
<div class="card"><h2><a class="stretched" href="/articles">A card that is a link as a whole</a></h2><p>Its text lies below the link.</p></div>
<img loading="lazy" src="/pixel.gif" alt="A white square" width="200" height="100">
${paragraphs(8)}
<img loading="lazy" src="/pixel.gif" alt="Another white square" width="200" height="100">`,
  `.dots { overflow: hidden; white-space: nowrap; text-overflow: ellipsis }
.clamp { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden }
.ticker { overflow: hidden; white-space: nowrap } .ticker span { display: inline-block; animation: run 20s linear infinite }
@keyframes run { to { transform: translateX(-100%) } }
.tip { position: absolute; opacity: 0; pointer-events: none }
.badge-holder { position: relative; width: 3rem; height: 3rem } .badge { position: absolute; top: 10px; right: 12px }
.card { position: relative; border: 1px solid #ccc; padding: 1rem } .stretched::after { content: ""; position: absolute; inset: 0 }`,
  `const clock = document.getElementById("clock");
setInterval(() => { clock.textContent = new Date().toISOString().slice(11, 19) }, 1000);
const more = document.querySelector("[aria-controls=more]");
more.addEventListener("click", () => { const list = document.getElementById("more"); list.hidden = !list.hidden; more.setAttribute("aria-expanded", String(!list.hidden)) });`,
);

const articles = site(
  "Articles",
  `<article><h2>What undefined means</h2>
<p>In some languages a variable without a value is undefined, and a sum without a number is NaN. Whoever prints <code>undefined</code> or <code>[object Object]</code> has forgotten something.</p>
<pre tabindex="0"><code>const total = undefined + 1; // NaN
console.log(\`\${total}\`); // {{ total }}
TypeError: Cannot read properties of undefined
    at render (/srv/app.js:12:17)</code></pre>
<p>The page said <q>Something went wrong</q>, and nobody knew what to do about an internal server error.</p>
<blockquote><p>An error has occurred in every program that was ever written, and most of them were mended.</p></blockquote>
</article>
<article id="templates"><h2>About templates</h2>
<p>Write <code>{{ name }}</code> or <code>\${name}</code> where the name shall be. A set is written with braces {a, b}, and {{nested}, {sets}} are sets too.</p>
<p>She paid $40 and he paid \${40} less.</p>
<p>Notice: the shop is closed on line days. Warning signs are yellow. Null is a number in German.</p>
<p>At 12:30 we met at the station (platform 3:1), and the score was 2:1:0.</p></article>
<p class="big">A very large headline that is set tight</p>
${paragraphs(4)}`,
  "pre { overflow: auto; padding: 1rem; background: #eee } .big { font-size: 2.5rem; line-height: 1; overflow-wrap: anywhere }",
);

const form = site(
  "Write to us",
  `<form><p><label for="name">Name</label><br><input id="name" autocomplete="name"></p>
<p class="floating"><input id="mail" type="email" placeholder=" " autocomplete="email"><label for="mail">Mail address</label></p>
<p><label class="switch"><input type="checkbox"><span aria-hidden="true"></span> Send me letters</label></p>
<p><label class="upload"><input type="file" class="visually-hidden"><span>Choose a file</span></label></p>
<p><label for="how">How</label> <select id="how"><option>By mail</option><option>By hand</option></select></p>
<p><label for="much">How much</label> <input id="much" type="range"></p>
<p><label for="text">Text</label><br><textarea id="text" rows="4">undefined</textarea></p>
<p class="search"><label for="find" class="visually-hidden">Find</label><span aria-hidden="true" class="glass">?</span><input id="find" type="search" placeholder="Find"></p>
<p><button>Send</button> <button type="reset" disabled>Forget</button></p></form>
<dialog aria-label="Sent"><p>Sent.</p><button>Close</button></dialog>
<div class="drawer" aria-hidden="true"><button tabindex="-1">In the drawer</button></div>
<button class="chat" aria-label="Talk to us">T</button>`,
  `.floating { position: relative } .floating label { position: absolute; left: .5rem; top: .5rem; pointer-events: none; background: #fff }
.switch { display: inline-flex; align-items: center; gap: .5rem; position: relative; min-height: 2.5rem } .switch input { position: absolute; opacity: 0; width: 2.5rem; height: 1.5rem; margin: 0 } .switch span { width: 2.5rem; height: 1.5rem; background: #246; border-radius: 1rem }
.upload span { display: inline-block; padding: .5rem 1rem; border: 1px solid #246 }
.search { position: relative } .search input { padding-left: 2rem } .glass { position: absolute; left: .5rem; top: .5rem }
.drawer { position: fixed; top: 0; right: 0; width: 20rem; height: 100%; transform: translateX(100%); background: #eee }
.chat { position: fixed; right: 1rem; bottom: 1rem; width: 3rem; height: 3rem; border-radius: 50% }
textarea { width: 100% }`,
);

const carousel = site(
  "Pictures",
  `<section aria-roledescription="carousel" aria-label="Pictures" class="frame"><div class="slides">
${[1, 2, 3, 4].map((n) => `<div class="slide"><h2>Picture ${n}</h2><p>What is to be seen on picture ${n}, in a line or two</p><a href="/articles">More</a></div>`).join("\n")}
</div></section>
<div class="peek"><div class="row">${[1, 2, 3, 4, 5].map((n) => `<div class="tile">Tile number ${n} of five</div>`).join("")}</div></div>
<div class="snap" tabindex="0" role="group" aria-label="Tiles">${[1, 2, 3, 4, 5, 6].map((n) => `<div class="tile">Tile ${n}</div>`).join("")}</div>
<div class="accordion"><button aria-expanded="false">Open</button><div class="closed"><p>Closed text that nobody sees before it is opened</p></div></div>
<div class="teaser"><p>${WORDS.repeat(3)}</p></div>
<figure class="captioned"><img src="/pixel.gif" alt="A white square" width="300" height="150"><figcaption>A caption that lies on its picture</figcaption></figure>
<div class="stack"><p class="under">A text that is below a card</p><p class="over">A card with paper of its own</p></div>`,
  `.frame { overflow: hidden } .slides { display: flex; transform: translateX(0) } .slide { flex: 0 0 100%; padding: 1rem }
.peek { overflow: hidden } .row { display: flex; gap: 1rem } .tile { flex: 0 0 16rem; padding: 1rem; background: #eee }
.snap { display: flex; gap: 1rem; overflow-x: auto; scroll-snap-type: x mandatory; margin-top: 1rem } .snap .tile { scroll-snap-align: start }
.closed { max-height: 0; overflow: hidden; visibility: hidden }
.teaser { max-height: 5rem; overflow: hidden; position: relative } .teaser::after { content: ""; position: absolute; inset: auto 0 0; height: 2rem; background: linear-gradient(transparent, #fff) }
.captioned { position: relative; margin: 1rem 0 } figcaption { position: absolute; left: 0; bottom: 0; background: #000; color: #fff; padding: .25rem }
.stack { position: relative } .stack .over { position: absolute; top: 0; left: 0; margin: 0; background: #fff; padding: 1rem }`,
);

const table = site(
  "Numbers",
  `<div class="wide" tabindex="0" role="region" aria-label="Numbers of the year"><table><thead><tr><th scope="col">Month</th>${Array.from({ length: 14 }, (_, n) => `<th scope="col">Column ${n}</th>`).join("")}</tr></thead>
<tbody>${["January", "February", "March"].map((month) => `<tr><th scope="row">${month}</th>${Array.from({ length: 14 }, (_, n) => `<td>${(n + 3) * 17}</td>`).join("")}</tr>`).join("")}</tbody></table></div>
<svg viewBox="0 0 400 120" role="img" aria-label="Sales by month" width="100%"><rect x="10" y="40" width="60" height="80" fill="#246"/><rect x="90" y="20" width="60" height="100" fill="#246"/><text x="10" y="30">January</text><text x="60" y="30">February</text></svg>
<canvas id="chart" width="300" height="100" role="img" aria-label="A line that goes up"></canvas>
<dl><dt>Sum</dt><dd>4711</dd><dt>Share</dt><dd>-</dd><dt>Nan Goldin</dt><dd>1 picture</dd></dl>
<p>x<sup>2</sup> + y<sub>1</sub> = <ruby>漢<rt>kan</rt></ruby></p>
<ol><li>First</li><li>Second<ul><li>Inner</li></ul></li></ol>`,
  ".wide { overflow-x: auto } table { border-collapse: collapse } td, th { padding: .5rem 1rem; border: 1px solid #ccc; white-space: nowrap } canvas { max-width: 100% }",
  `const to = document.getElementById("chart").getContext("2d"); to.moveTo(0, 100); to.lineTo(300, 0); to.stroke();`,
);

/** An app that fills the window and scrolls within, as dashboards do. */
const app = pageText({
  title: "App",
  style: `html, body { height: 100% } body { overflow: hidden } .shell { display: grid; grid-template: auto 1fr auto / auto 1fr; height: 100vh }
.bar { grid-column: 1 / -1; padding: .5rem 1rem; background: #246; color: #fff; display: flex; gap: 1rem } .side { padding: 1rem; background: #eee; overflow: auto } .work { overflow: auto; max-width: none; margin: 0 }
.side ul { list-style: none; margin: 0; padding: 0 } .side a { display: block; padding: .5rem } .plan { width: 1400px } .plan td { text-align: right } button { font: inherit; min-height: 2.5rem } .toast { position: fixed; right: 1rem; bottom: 4rem; background: #fff; padding: 1rem; transform: translateY(200px); visibility: hidden }`,
  body: `<div class="shell"><header class="bar"><span>App</span></header>
<nav class="side" aria-label="Parts"><ul><li><a href="/">Home</a></li><li><a href="/table">Numbers</a></li></ul></nav>
<main class="work" tabindex="0"><h1>Work</h1><div id="root"></div><table class="plan"><caption>A table that is wider than the work</caption><tbody><tr><th scope="row">Plan</th><td>All that is to the right of the window can be scrolled to</td></tr></tbody></table>${Array.from({ length: 30 }, (_, n) => `<p>Line ${n} of the work <button>Do ${n}</button></p>`).join("")}</main>
<footer class="bar"><span>All is saved</span></footer></div><div class="toast" role="status">Saved</div>`,
  script: `document.getElementById("root").innerHTML = "<p>Three things are open.</p>"; fetch("/things.json").then((answer) => answer.json());
customElements.define("own-button", class extends HTMLElement { connectedCallback() { this.attachShadow({ mode: "open" }).innerHTML = "<button style='min-height: 2.5rem'>In the shadow</button>" } });
document.getElementById("root").append(document.createElement("own-button"));`,
});

export const cleanSite = (): Site => ({
  "/": home,
  "/articles": articles,
  "/form": form,
  "/carousel": carousel,
  "/table": table,
  "/app": app,
  "/pixel.gif": { type: "image/gif", body: PIXEL },
  "/things.json": { type: "application/json", body: '{"open":3}' },
});
