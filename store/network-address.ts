/** Which addresses lie in the open internet, and which in somebody's own network. The rest is this machine, a metadata service, or nobody's. */
import { BlockList, isIPv4, isIPv6 } from "node:net";
import { networkInterfaces } from "node:os";

/** With those for documentation and trials, which some networks use inside. */
const PRIVATE_4 =
  "10.0.0.0/8 100.64.0.0/10 172.16.0.0/12 192.0.2.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24";
const PRIVATE_6 = "2001:db8::/32 3fff::/20 fc00::/7";
/** This machine, its neighbours on the cable, many at once, nobody. */
const NEVER_4 =
  "0.0.0.0/8 127.0.0.0/8 169.254.0.0/16 192.0.0.0/24 192.88.99.0/24 224.0.0.0/4 240.0.0.0/4";
/** Of 2000::/3: ways to write an IPv4 address. */
const NEVER_6 = "2001::/23 2002::/16";
/** Where clouds give out credentials, beside 169.254.0.0/16. */
const METADATA_4 = "100.100.100.200/32 168.63.129.16/32";
const METADATA_6 = "fd00:ec2::/32 fd20:ce::/32";

type Kind = "ipv4" | "ipv6";
/** Each kind has lists of its own: an IPv4 address that is written as IPv6 is on none. */
const subnets = (kind: Kind, ...lists: string[]) => {
  const list = new BlockList();
  for (const subnet of lists.join(" ").split(" ")) {
    const [net = "", prefix] = subnet.split("/");
    list.addSubnet(net, Number(prefix), kind);
  }
  return (address: string) =>
    (kind === "ipv4" ? isIPv4(address) : isIPv6(address)) && list.check(address, kind);
};
const isNever4 = subnets("ipv4", NEVER_4, METADATA_4);
const isNever6 = subnets("ipv6", NEVER_6, METADATA_6);
const isPrivate4 = subnets("ipv4", PRIVATE_4);
const isPrivate6 = subnets("ipv6", PRIVATE_6);
const isGlobal6 = subnets("ipv6", "2000::/3");

const isNever = (address: string) => isOwn(address) || isNever4(address) || isNever6(address);

export function isPublicAddress(address: string): boolean {
  if (isNever(address) || isPrivate4(address) || isPrivate6(address)) return false;
  return isIPv4(address) || isGlobal6(address);
}

/** Of a network that is not the open internet, but neither this machine's own nor one that gives out credentials. */
export const isPrivateAddress = (address: string): boolean =>
  !isNever(address) && (isPrivate4(address) || isPrivate6(address));

/** A machine in the open internet has a public address itself. */
const isOwn = (address: string) =>
  Object.values(networkInterfaces()).some((all) => all?.some((one) => one.address === address));
