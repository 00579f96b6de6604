import { BlockList, isIP, isIPv4 } from 'node:net';

const MAPPED_IPV4 = /^::ffff:(?=\d+\.)/i;

/** Addresses and networks (`10.0.0.0/8`, `192.0.2.7`, `fd00::/8`) from which something is believed. */
export class TrustedSources {
  readonly #list = new BlockList();

  /** @throws RangeError when an entry is neither an address nor a network in CIDR notation */
  constructor(entries: readonly string[]) {
    for (const entry of entries) this.#add(entry);
  }

  /** @param address  as a socket tells it; IPv4 mapped into IPv6 counts as IPv4 */
  includes(address: string): boolean {
    const plain = address.replace(MAPPED_IPV4, '');
    if (isIP(plain) === 0) return false;
    return this.#list.check(plain, isIPv4(plain) ? 'ipv4' : 'ipv6');
  }

  #add(entry: string): void {
    const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(entry) ?? [];
    const version = isIP(address);
    const maxBits = version === 4 ? 32 : 128;
    const prefix = bits === undefined ? maxBits : Number(bits);
    if (version === 0 || prefix > maxBits) throw new RangeError(`'${entry}' is neither an address nor a network`);
    this.#list.addSubnet(address, prefix, version === 4 ? 'ipv4' : 'ipv6');
  }
}
