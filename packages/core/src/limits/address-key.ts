const IPV4_MAPPED = '::ffff:';
const GROUPS = 8;
/** A subscriber line is given a /64 at least, so addresses within one are one and the same to us. */
const NETWORK_GROUPS = 4;

/**
 * What connections are counted and banned by: an IPv4 address as it is, also when mapped into IPv6; of an IPv6 address
 * its /64, written as `2001:db8:0:1::/64`. Anything else ('' for a Unix socket) comes back unchanged.
 */
export function addressKeyOf(remoteAddress: string): string {
  const address = remoteAddress.toLowerCase();
  if (address.startsWith(IPV4_MAPPED) && address.includes('.')) return address.slice(IPV4_MAPPED.length);
  if (!address.includes(':') || address.includes('/')) return address;
  const zoneAt = address.indexOf('%');
  const [head = '', tail] = (zoneAt < 0 ? address : address.slice(0, zoneAt)).split('::', 2);
  const groups = groupsOf(head);
  if (tail !== undefined) {
    const last = groupsOf(tail);
    while (groups.length + last.length < GROUPS) groups.push('0');
    groups.push(...last);
  }
  return `${groups.slice(0, NETWORK_GROUPS).join(':')}::/64`;
}

function groupsOf(text: string): string[] {
  if (text === '') return [];
  return text.split(':').map((group) => trimZeros(group));
}

function trimZeros(group: string): string {
  let at = 0;
  while (at < group.length - 1 && group[at] === '0') at++;
  return group.slice(at);
}
