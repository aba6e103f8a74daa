import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runQaCommand } from "../../../client/commands/qa.js";
import type { QaCommandOptions } from "../../../client/qa/options.js";
import { aContext } from "../a-context.js";

const PAGE = `<!doctype html><html lang="en"><head><title>Notes</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"></head>
<body><main><h1>Notes</h1><p>Nothing yet.</p><label>Text <input></label>
<button onclick="document.querySelector('p').textContent = document.querySelector('input').value">Add</button>
</main></body></html>`;

let root: string;
let server: Server;
let url: string;
/** Called when the browser asks for a page. */
let asked: () => void = () => undefined;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "missions-qa-"));
  server = createServer((_, response) => {
    asked();
    response.setHeader("content-type", "text/html");
    response.end(PAGE);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(root, { recursive: true });
});

async function qa(options: QaCommandOptions, typed = [url]) {
  const context = aContext(root);
  const code = await runQaCommand(context, typed, { viewport: "desktop", ...options });
  return { code, ...context.answered, text: context.answered.lines.join("\n") };
}

describe("missions qa", () => {
  it("visits flows, says what is wrong with its picture and where the report is, and fails", async () => {
    await writeFile(
      join(root, "flows.yaml"),
      `- url: /
  name: add a note
  steps:
    - { fill: Text, with: Buy milk }
    - click: Add
    - expect: Buy milk
    - expect: Bread
`,
    );
    const { code, text, document } = await qa({ flows: "flows.yaml" });
    const folder = join(root, "qa-report");
    expect(code).toBe(1);
    expect(text).toMatch(/flow-failed, add a note \(desktop\): .*"Bread"/);
    expect(text).toContain(`Report: ${join(folder, "index.html")}`);
    expect(document).toMatchObject({ verdict: "failed", passed: false, folder });
    const [, picture = ""] = /^ +(\/.*\.png)$/m.exec(text) ?? [];
    expect((await readFile(picture)).subarray(1, 4).toString()).toBe("PNG");
    expect(await readFile(join(folder, "index.html"), "utf8")).toContain("add a note");
    // Pictures of a look belong into no commit.
    expect(await readFile(join(folder, ".gitignore"), "utf8")).toBe("*\n");
  });

  it("passes where nothing is wrong, in a folder that was named", async () => {
    const { code, text } = await qa({ out: "elsewhere" });
    expect({ code, text }).toEqual({ code: 0, text: expect.stringMatching(/^Passed: 1 page/m) });
    expect(text).toContain(join(root, "elsewhere", "index.html"));
  });

  it("leaves a folder alone that is no report's, and what else lies in one", async () => {
    await mkdir(join(root, "site", "assets"), { recursive: true });
    const logo = join(root, "site", "assets", "logo.png");
    await writeFile(logo, "logo");
    await writeFile(join(root, "site", "index.html"), "home");
    await expect(qa({ out: "site" })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/site has an index.html that is no report/),
    });
    expect(await readFile(join(root, "site", "index.html"), "utf8")).toBe("home");
    await rm(join(root, "site", "index.html"));
    expect(await qa({ out: "site" })).toMatchObject({ code: 0 });
    expect(await readFile(logo, "utf8")).toBe("logo");
  });

  it("could not run without a browser, without an app, and without an address", async () => {
    const none = await qa({ browser: "/no/such/browser" });
    expect(none).toMatchObject({ code: 2, text: expect.stringMatching(/^Not run: \/no\/such/) });
    const silent = await qa({}, ["http://127.0.0.1:1024/"]);
    expect(silent).toMatchObject({ code: 2, text: expect.stringMatching(/Start the app/) });
    const odd = await qa({}, ["localhost:3000"]);
    expect(odd).toMatchObject({ code: 2, text: expect.stringMatching(/http:\/\/localhost:3000/) });
    await expect(qa({}, [url, url])).rejects.toThrow("There is more than one address.");
  });

  it("leaves the report of an earlier look as it was when it could not run, and says so", async () => {
    await qa({ out: "kept" });
    const at = (name: string) => readFile(join(root, "kept", name), "utf8");
    const before = [await at("index.html"), await at("qa-report.json")];
    const assets = await readdir(join(root, "kept", "assets"));
    const silent = await qa({ out: "kept" }, ["http://127.0.0.1:1024/"]);
    expect(silent).toMatchObject({ code: 2, document: { verdict: "not-run", keptEarlier: true } });
    expect(silent.text).toMatch(/earlier look stays as it was: .*kept\/index\.html/);
    expect([await at("index.html"), await at("qa-report.json")]).toEqual(before);
    expect(await readdir(join(root, "kept", "assets"))).toEqual(assets);
  });

  it("says that the report cannot be written, before it looks", async () => {
    await writeFile(join(root, "a-file"), "");
    await expect(qa({ out: "a-file/report" })).rejects.toMatchObject({
      exitCode: 8,
      message: expect.stringMatching(/^The report cannot be written to .*a-file\/report \(E/),
      remedy: expect.stringContaining("--out"),
    });
  });

  it("ends the browser and says so when a person stops it", async () => {
    asked = () => process.emit("SIGINT");
    const before = await readFile(join(root, "elsewhere", "qa-report.json"), "utf8");
    for (const out of ["elsewhere", "stopped/here"])
      await expect(qa({ out })).rejects.toMatchObject({
        exitCode: 130,
        message: "Stopped by you.",
      });
    asked = () => undefined;
    // Nothing of it is left, and an earlier report stays.
    expect(await readdir(root)).not.toContain("stopped");
    expect((await readdir(join(root, "elsewhere"))).sort()).toEqual([
      ...["assets", "index.html", "qa-report.json"],
    ]);
    expect(await readFile(join(root, "elsewhere", "qa-report.json"), "utf8")).toBe(before);
  });
});
