import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { createServer as createHttpServer, type Server as HttpServer } from "node:http";
import { connect, createServer, type AddressInfo, type Server } from "node:net";
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { isPublicAddress } from "../../../store/network-address.js";
import { type Machine, makeMachine } from "./a-sandbox.js";

let machine: Machine;
/** Stands for Temporal's ports, the dashboard and whatever else listens on this machine. */
let temporal: HttpServer;
let heard: string[];
let port: number;
/** The open internet: names and their addresses. All addresses lead to one server. */
const names: Record<string, string[]> = {
  "registry.example.com": ["93.184.215.14"],
  "rebound.example.com": ["127.0.0.1"],
  "half.example.com": ["93.184.215.14", "10.0.0.7"],
  "x.example.net": ["93.184.215.15"],
};
let internet: HttpServer;
let reached: string[];

const listen = (server: Server, at: number | string) =>
  new Promise<void>((resolve) => {
    if (typeof at === "number") server.listen(at, "127.0.0.1", resolve);
    else server.listen(at, resolve);
  });

beforeEach(async () => {
  heard = [];
  reached = [];
  temporal = createHttpServer((request, response) => {
    heard.push(`${request.method ?? ""} ${request.url ?? ""}`);
    response.end("obeyed\n");
  });
  temporal.on("connection", () => heard.push("connection"));
  internet = createHttpServer((request, response) => {
    reached.push(`${request.headers.host ?? ""}${request.url ?? ""}`);
    if (request.url === "/moved")
      response.writeHead(302, { location: `http://127.0.0.1:${port}/away` }).end();
    else if (request.url === "/elsewhere")
      response.writeHead(302, { location: "http://evil.example.com/" }).end();
    else response.end("welcome\n");
  });
  await Promise.all([listen(temporal, 0), listen(internet, 0)]);
  port = (temporal.address() as AddressInfo).port;
  const there = (internet.address() as AddressInfo).port;
  machine = await makeMachine({
    outside: {
      lookup: (name) => {
        const found = names[name];
        return found === undefined
          ? Promise.reject(new Error("ENOTFOUND"))
          : Promise.resolve(found);
      },
      connect: () => connect(there, "127.0.0.1"),
    },
  });
});
afterEach(() => {
  machine.end();
  for (const server of [temporal, internet]) {
    server.closeAllConnections();
    server.close();
  }
});

const hosts = ["registry.example.com", "rebound.example.com", "half.example.com", "*.example.net"];
const confined = (command: string, more = {}) =>
  machine.run(command, { confine: { ...machine.confine, hosts }, ...more });
/** A PATH with little more than a forwarder needs. */
function withoutPerl(root: string): string {
  const folder = join(root, "few");
  mkdirSync(folder);
  for (const name of ["bwrap", "node", "curl"]) {
    const found = execFileSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" });
    symlinkSync(found.trim(), join(folder, name));
  }
  return folder;
}
/** Asks through whatever the environment names as a way out. */
const curl = (url: string, more = "") => `curl -sS -m 20 ${more} ${url}; echo`;

describe("Temporal's ports", () => {
  it("are not there for a command that sends adjustBudget or decide, with and without a way out", async () => {
    const post = (to: string, more = "") =>
      curl(
        `http://${to}:${port}/api/v1/namespaces/default/workflows/m/signal/adjustBudget`,
        `-X POST -d '{"usd":1000000}' ${more}`,
      );
    const grpc = `node -e "require('net').connect(${port},'127.0.0.1').on('error',(e)=>console.log(e.code))"`;
    const attempts = ["127.0.0.1", "localhost", "[::1]", "0.0.0.0"].flatMap((to) => [
      post(to, "--noproxy '*'"),
      post(to, "--noproxy '' -x $http_proxy"),
    ]);
    const open = await confined(`${attempts.join("\n")}\n${grpc}`);
    expect(open.output).not.toContain("obeyed");
    expect(open.output).toContain("ECONNREFUSED");
    const closed = await machine.run(`env | grep -i proxy; ${post("127.0.0.1")}; ${grpc}`);
    expect(closed.output).not.toContain("obeyed");
    expect(closed.output).not.toContain("proxy=");
    expect(heard).toEqual([]);
    // They are there for the worker: the test can see an escape.
    const { output } = await machine.commands.run({
      command: post("127.0.0.1"),
      cwd: machine.tree,
      timeoutMs: 60_000,
      outputLimitBytes: 1_000,
      signal: new AbortController().signal,
    });
    expect(output).toContain("obeyed");
  });
});

describe("a host that is not on the list", () => {
  it("is refused by name, by address, by another port, by redirect and by what DNS says of a listed name", async () => {
    const attempts = [
      "http://evil.example.com/ by-name",
      "https://evil.example.com/ by-name-tls",
      "http://93.184.215.14/ by-address",
      "https://93.184.215.14/ by-address-tls",
      "http://1572395790/ by-number",
      "http://registry.example.com:7233/ by-port",
      "http://registry.example.com/moved by-redirect-home",
      "http://registry.example.com/elsewhere by-redirect",
      "http://rebound.example.com/ by-dns",
      "https://half.example.com/ by-half-dns",
      "http://169.254.169.254/latest/meta-data by-metadata",
    ].map((line) => line.split(" ") as [string, string]);
    const { output, refusals = [] } = await confined(
      attempts
        .map(([url, name]) => `echo ${name}; ${curl(url, "-L --noproxy '' -x $http_proxy")}`)
        .join("\n"),
    );
    expect(output).not.toContain("welcome");
    expect(output).not.toContain("obeyed");
    expect(reached.sort()).toEqual([
      "registry.example.com/elsewhere",
      "registry.example.com/moved",
    ]);
    expect(heard).toEqual([]);
    const told = refusals.join("\n");
    for (const what of [
      "evil.example.com:80: not on the list of hosts",
      "evil.example.com:443: not on the list of hosts",
      "93.184.215.14:443: an address, not a name",
      "registry.example.com:7233: only ports 443 and 80",
      `127.0.0.1:${port}: an address, not a name`,
      "rebound.example.com:80: the name leads to an address that is not public",
      "half.example.com:443: the name leads to an address that is not public",
    ])
      expect(told).toContain(what);
  });

  it("is not found by asking DNS or connecting directly", async () => {
    const { output } = await confined(
      `node -e "const {lookup,Resolver}=require('dns');lookup('registry.example.com',(e)=>console.log(e.code));const r=new Resolver({timeout:500,tries:1});r.setServers(['9.9.9.9']);r.resolve4('registry.example.com',(e)=>console.log(e.code))"; curl -sS -m 5 --noproxy '*' http://93.184.215.14/; ip route 2>/dev/null`,
    );
    expect(
      output.match(/EAI_AGAIN|ENOTFOUND|ECONNREFUSED|ETIMEOUT/g)?.length,
    ).toBeGreaterThanOrEqual(2);
    expect(output).not.toContain("default via");
    expect(reached).toEqual([]);
  });
});

describe("a host that is on the list", () => {
  it("is reached by what the environment names, also where Perl is missing", async () => {
    for (const path of [process.env["PATH"] ?? "", withoutPerl(machine.root)]) {
      const own = await makeMachine({ ...machine.options, path });
      const { output, refusals } = await own.run(
        `${curl("http://registry.example.com/a")}\n${curl("http://x.example.net/b")}\n${curl("http://registry.example.com:443/c", "-p -x $https_proxy")}; exit 3`,
        { confine: { ...own.confine, hosts } },
      );
      own.end();
      expect(output).toMatch(/welcome\n[^]*welcome\n[^]*welcome\n/);
      expect(reached.splice(0)).toEqual([
        "registry.example.com/a",
        "x.example.net/b",
        "registry.example.com:443/c",
      ]);
      expect(refusals).toBeUndefined();
    }
  });
});

describe("a gateway", () => {
  it("is reached by its own feature at the loopback, and another feature's is not there", async () => {
    const sockets = ["own", "other"].map((name) => join(machine.engine, `${name}.sock`));
    const [own = "", other = ""] = sockets;
    const asked: string[] = [];
    const servers = sockets.map((socket) =>
      createServer((stream) => {
        asked.push(socket);
        stream.end("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\npaid\n");
      }),
    );
    await Promise.all(servers.map((server, n) => listen(server, sockets[n] ?? "")));
    try {
      const inside = await machine.commands.gatewayAddress("http://127.0.0.1:1");
      const { output } = await machine.run(
        `${curl(`${inside}/v1/x`)}; ${curl("http://x/v1/x", `--unix-socket ${other}`)}; ls ${machine.engine}; find / -name '*.sock' 2>/dev/null`,
        { confine: { ...machine.confine, gatewaySocket: own } },
      );
      expect(output).toContain("paid");
      expect(asked).toEqual([own]);
      expect(output).toContain("/run/missions/gateway.sock");
      expect(output).not.toContain("other.sock\n");
      const none = await machine.run(curl(`${inside}/v1/x`));
      expect(none.output).toMatch(/refused|Could not connect|Couldn't connect/i);
    } finally {
      for (const server of servers) server.close();
    }
  });
});

describe("isPublicAddress", () => {
  it("knows this machine, its network and nobody's addresses in all their spellings", () => {
    for (const address of ["93.184.215.14", "2606:4700::1111"])
      expect(isPublicAddress(address)).toBe(true);
    for (const address of [
      ..."127.0.0.1 127.8.8.8 0.0.0.0 10.1.2.3 172.31.0.1 192.168.1.1 169.254.169.254 100.64.0.1 224.0.0.1 255.255.255.255".split(
        " ",
      ),
      ...":: ::1 ::ffff:127.0.0.1 ::ffff:7f00:1 fe80::1 fc00::1 fd12::1 2002:7f00:1:: 64:ff9b::7f00:1 2001::1 ff02::1".split(
        " ",
      ),
      "no address",
    ])
      expect([address, isPublicAddress(address)]).toEqual([address, false]);
  });
});
