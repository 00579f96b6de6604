import { BlockList, isIP } from 'node:net';

const MAPPED_IPV4 = '::ffff:';

/** IP addresses and networks (`10.0.0.0/8`, `192.0.2.7`, `fd00::/8`). */
export class AddressSet {
  // Node's list takes an IPv4 address for its image in IPv6, so that `::/0` would hold for both.
  readonly #ipv4 = new BlockList();
  readonly #ipv6 = new BlockList();

  /** @throws RangeError when an entry is neither an address nor a network */
  constructor(entries: readonly string[]) {
    for (const entry of entries) this.#add(entry);
  }

  /** @param address  as a socket tells it; IPv4 mapped into IPv6 counts as IPv4, and what is no address is in no set */
  includes(address: string): boolean {
    const plain = plainAddress(address);
    const version = isIP(plain);
    if (version === 0) return false;
    return version === 4 ? this.#ipv4.check(plain, 'ipv4') : this.#ipv6.check(plain, 'ipv6');
  }

  #add(entry: string): void {
    const slash = entry.indexOf('/');
    const address = plainAddress(slash < 0 ? entry : entry.slice(0, slash));
    const version = isIP(address);
    const maxBits = version === 4 ? 32 : 128;
    const bits = slash < 0 ? maxBits : bitsOf(entry.slice(slash + 1));
    if (version === 0 || !(bits <= maxBits)) throw new RangeError(`'${entry}' is neither an address nor a network`);
    if (version === 4) this.#ipv4.addSubnet(address, bits, 'ipv4');
    else this.#ipv6.addSubnet(address, bits, 'ipv6');
  }
}

function plainAddress(address: string): string {
  const lower = address.toLowerCase();
  return lower.startsWith(MAPPED_IPV4) && lower.includes('.') ? lower.slice(MAPPED_IPV4.length) : address;
}

/** NaN for what is no number of bits. */
function bitsOf(text: string): number {
  return /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
}
