import ipaddr from "ipaddr.js";

/**
 * Azure's platform address: it looks like any public one, and answers every virtual machine with data of its own host.
 * Source: learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
 */
const AZURE_PLATFORM = "168.63.129.16";

/**
 * May a connector talk to this address? Public ones may be talked to; everything else (loopback, private, link-local with the
 * metadata services of clouds, carrier NAT, multicast, reserved, and IPv4 hidden in IPv6) only where the inventory lists it.
 * @param address "10.0.0.7" or "fd00::7"
 * @param privateAddresses CIDR blocks such as "10.20.0.0/16"
 */
export function mayConnect(address: string, privateAddresses: readonly string[]): boolean {
  if (!ipaddr.isValid(address)) return false;
  // "::ffff:10.0.0.7" is 10.0.0.7 to the network, and so it is here.
  const ip = ipaddr.process(address);
  if (ip.range() === "unicast" && ip.toString() !== AZURE_PLATFORM) return true;
  return privateAddresses.some((block) => {
    const [network, bits] = ipaddr.parseCIDR(block);
    return network.kind() === ip.kind() && ip.match(network, bits);
  });
}

/** A block that `mayConnect` understands: "127.0.0.1/32", "fd12:3456::/32". */
export const isCidr = (text: string): boolean => ipaddr.isValidCIDR(text);

/** The address in a URL's host, where it is no name: "[::1]" → "::1". */
export function literalAddress(hostname: string): string | undefined {
  const bare = hostname.replace(/^\[(.*)\]$/, "$1");
  return ipaddr.isValid(bare) ? bare : undefined;
}
