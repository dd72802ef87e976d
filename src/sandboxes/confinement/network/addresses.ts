import { BlockList, isIPv6 } from 'node:net';

/** Networks of the special-purpose registries of IANA that are not the internet; those for IPv4 hold for mapped IPv6 too. */
const NOT_PUBLIC = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/4',
  '240.0.0.0/4',
  // With an IPv4 address in it that a gateway goes to: NAT64 and 6to4.
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '2002::/16',
  '::/127',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
];

const notPublic = blockList(NOT_PUBLIC);
const linkLocal = blockList(['169.254.0.0/16', 'fe80::/10']);

export function isPublic(address: string): boolean {
  return !notPublic.check(address, familyOf(address));
}

export function isLinkLocal(address: string): boolean {
  return linkLocal.check(address, familyOf(address));
}

function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    list.addSubnet(address, Number(prefix), familyOf(address));
  }
  return list;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}
