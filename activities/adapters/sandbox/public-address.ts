/** Which addresses lie in the open internet. The rest is this machine, its network, or nobody's. */
import { BlockList, isIPv4, isIPv6 } from "node:net";
import { networkInterfaces } from "node:os";

const NOT_PUBLIC_4 =
  "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4";
/** Of 2000::/3: documentation, and ways to write an IPv4 address. */
const NOT_PUBLIC_6 = "2001::/23 2001:db8::/32 2002::/16 3fff::/20";

const blocked = new BlockList();
for (const [type, subnets] of [
  ["ipv4", NOT_PUBLIC_4],
  ["ipv6", NOT_PUBLIC_6],
] as const) {
  for (const subnet of subnets.split(" ")) {
    const [net = "", prefix] = subnet.split("/");
    blocked.addSubnet(net, Number(prefix), type);
  }
}
const global6 = new BlockList();
global6.addSubnet("2000::", 3, "ipv6");

export function isPublicAddress(address: string): boolean {
  if (isOwn(address)) return false;
  if (isIPv4(address)) return !blocked.check(address, "ipv4");
  return isIPv6(address) && global6.check(address, "ipv6") && !blocked.check(address, "ipv6");
}

/** A machine in the open internet has a public address itself. */
const isOwn = (address: string) =>
  Object.values(networkInterfaces()).some((all) => all?.some((one) => one.address === address));
