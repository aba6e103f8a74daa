import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { createServer, type Server } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import { privateHost, type PrivateHost } from "../../../domain/hosts.js";
import { isPrivateAddress, isPublicAddress } from "../../../store/network-address.js";
import { type Machine, makeMachine } from "./a-sandbox.js";

/** Stands for the network in which this machine is: whatever address is asked for, this answers. */
let inside: Server;
let reached: string[];
let machine: Machine;
const own = Object.values(networkInterfaces())
  .flatMap((all) => all ?? [])
  .find(({ address }) => !/^(?:127\.|::1$|fe80)/.test(address))?.address;
const names: Record<string, string[]> = {
  "packages.example.com": ["10.1.2.3"],
  "npm.example.com": ["192.168.7.8", "fd12:3456::9"],
  "six.example.com": ["fd12:3456::9"],
  "trial.example.com": ["203.0.113.9"],
  "unnamed.example.com": ["10.1.2.4"],
  "loopback.example.com": ["127.0.0.1"],
  "loopback6.example.com": ["::1"],
  "mapped.example.com": ["::ffff:10.1.2.3"],
  "nobody.example.com": ["0.0.0.0"],
  "half.example.com": ["10.1.2.3", "127.0.0.1"],
  "cable.example.com": ["fe80::1"],
  "metadata.example.com": ["169.254.169.254"],
  "metadata6.example.com": ["fd00:ec2::254"],
  "metadata-elsewhere.example.com": ["100.100.100.200"],
  "self.example.com": [own ?? "127.0.0.2"],
};
/** What the owner of this machine has named: all, but for one. */
const allowed = Object.keys(names)
  .filter((name) => name !== "unnamed.example.com")
  .map((name): PrivateHost => (name === "npm.example.com" ? { name, port: 8443 } : { name }));

beforeEach(async () => {
  reached = [];
  inside = createServer((request, answer) => {
    reached.push(`${request.headers.host ?? ""}${request.url ?? ""}`);
    answer.end("welcome\n");
  });
  await new Promise<void>((resolve) => inside.listen(0, "127.0.0.1", resolve));
  const { port } = inside.address() as AddressInfo;
  machine = await makeMachine({
    outside: {
      lookup: (name) => Promise.resolve(names[name] ?? []),
      connect: () => connect(port, "127.0.0.1"),
    },
    hosts: () => Promise.resolve(Object.keys(names)),
    privateHosts: () => allowed,
  });
});
afterEach(() => {
  machine.end();
  inside.closeAllConnections();
  inside.close();
});

const curl = (url: string) => `curl -sS -m 20 ${url}; echo`;

describe("a host of one's own network", () => {
  it("is reached when the owner has named it, at the ports that its name means", async () => {
    const urls = [
      "http://packages.example.com/a",
      "http://six.example.com/b",
      "http://trial.example.com/c",
      "http://npm.example.com:8443/d",
    ];
    const { output, refusals } = await machine.run(urls.map(curl).join("\n"));
    expect(output.match(/welcome/g)).toHaveLength(urls.length);
    expect(reached).toEqual(urls.map((url) => url.replace("http://", "")));
    expect(refusals).toBeUndefined();
    const others = await machine.run(
      [curl("http://npm.example.com/e"), curl("http://packages.example.com:8443/f")].join("\n"),
    );
    expect(others.output).not.toContain("welcome");
    expect(others.refusals?.join("\n")).toContain(
      "npm.example.com:80: the name leads to an address that is not public (sandbox.private_hosts in settings.yaml allows it)",
    );
    expect(others.refusals?.join("\n")).toContain("packages.example.com:8443: only ports 443");
  });

  it("is refused when only a plan names it, and said how to allow it", async () => {
    const confine = { ...machine.confine, hosts: ["unnamed.example.com"] };
    const { output, refusals } = await machine.run(curl("http://unnamed.example.com/"), {
      confine,
    });
    expect(output).not.toContain("welcome");
    expect(refusals).toEqual([
      "unnamed.example.com:80: the name leads to an address that is not public (sandbox.private_hosts in settings.yaml allows it)",
    ]);
  });

  it("is never this machine, its cable or a metadata service, whoever names it", async () => {
    const never =
      "loopback loopback6 mapped nobody half cable metadata metadata6 metadata-elsewhere self"
        .split(" ")
        .map((name) => `${name}.example.com`);
    const { output, refusals } = await machine.run(
      never.map((name) => curl(`http://${name}/`)).join("\n"),
    );
    expect(output).not.toContain("welcome");
    expect(reached).toEqual([]);
    expect(refusals?.sort()).toEqual(
      never.map((name) => `${name}:80: the name leads to an address that is not public`).sort(),
    );
  });

  it("is not there for a browser, which reaches what its app names alone", async () => {
    const { output } = await machine.run(curl("http://packages.example.com/"), {
      confine: { ...machine.confine, hosts: ["six.example.com"], onlyHosts: true },
    });
    expect(output).not.toContain("welcome");
    expect(reached).toEqual([]);
  });
});

describe("privateHost", () => {
  it("reads names with or without a port, and nothing that could be this machine or Temporal", () => {
    expect(privateHost("Packages.Example.com")).toEqual({ name: "packages.example.com" });
    expect(privateHost("npm:8443")).toEqual({ name: "npm", port: 8443 });
    for (const bad of "10.1.2.3 127.1 [::1] localhost a.localhost:80 *.example.com x:7233 x:8233 x:0 x:70000 x:y https://x".split(
      " ",
    ))
      expect([bad, privateHost(bad)]).toEqual([bad, undefined]);
  });
});

describe("isPrivateAddress", () => {
  it("holds for no public address, and for none that nobody may allow", () => {
    for (const address of "10.0.0.1 100.64.0.1 172.16.0.1 192.168.1.1 203.0.113.80 fd12::1".split(
      " ",
    ))
      expect([address, isPrivateAddress(address), isPublicAddress(address)]).toEqual([
        address,
        true,
        false,
      ]);
    for (const address of "93.184.215.14 2606:4700::1111 127.0.0.1 ::1 ::ffff:10.0.0.1 169.254.169.254 100.100.100.200 168.63.129.16 224.0.0.1 0.0.0.0 ::".split(
      " ",
    ))
      expect([address, isPrivateAddress(address)]).toEqual([address, false]);
  });
});
