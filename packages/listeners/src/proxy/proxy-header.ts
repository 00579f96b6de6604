import { isIPv4, isIPv6 } from 'node:net';

/**
 * More of version 2 is refused: addresses take 36 bytes at most, the rest are TLVs, of which a TLS certificate name
 * and some identifiers are usual.
 */
export const MAX_V2_BYTES = 4096;

/** With the line end, as the protocol bounds it. */
const MAX_V1_BYTES = 107;

const V1_PREFIX = Buffer.from('PROXY ', 'latin1');
const V2_SIGNATURE = Buffer.from([0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]);
const V2_FIXED_BYTES = 16;
const LF = 0x0a;
/** IPv4 mapped into IPv6 as URLs write it; sockets write its second half with dots. @see RFC 5952, 5 */
const MAPPED_IPV4 = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;

/** Address bytes of the families of version 2: AF_UNSPEC, TCP over IPv4, TCP over IPv6, UNIX stream. */
const V2_ADDRESS_BYTES = new Map([
  [0x00, 0],
  [0x11, 12],
  [0x21, 36],
  [0x31, 216],
]);

/** A whole header. `source` is null where the proxy speaks for itself or knows no address: the socket's is right. */
export interface ProxyHeader {
  /** Length with everything, bytes. */
  readonly bytes: number;
  readonly source: { readonly address: string; readonly port: number } | null;
}

/**
 * Reads a PROXY protocol header, version 1 or 2, at the start of `buf`.
 * @returns the header, 'incomplete' when more bytes may make one, 'malformed' when none will
 * @see https://www.haproxy.org/download/2.8/doc/proxy-protocol.txt sections 2.1 and 2.2
 */
export function parseProxyHeader(buf: Buffer): ProxyHeader | 'incomplete' | 'malformed' {
  if (startsLike(buf, V1_PREFIX)) return buf.length < V1_PREFIX.length ? 'incomplete' : parseV1(buf);
  if (startsLike(buf, V2_SIGNATURE)) return buf.length < V2_FIXED_BYTES ? 'incomplete' : parseV2(buf);
  return 'malformed';
}

/** True while `buf` and `start` agree as far as both go. */
function startsLike(buf: Buffer, start: Buffer): boolean {
  const length = Math.min(buf.length, start.length);
  return buf.compare(start, 0, length, 0, length) === 0;
}

function parseV1(buf: Buffer): ProxyHeader | 'incomplete' | 'malformed' {
  const end = buf.subarray(0, MAX_V1_BYTES).indexOf(LF);
  if (end === -1) return buf.length >= MAX_V1_BYTES ? 'malformed' : 'incomplete';
  const line = buf.toString('latin1', V1_PREFIX.length, end);
  if (!line.endsWith('\r')) return 'malformed';
  const words = line.slice(0, -1).split(' ');
  const bytes = end + 1;
  // What follows UNKNOWN is to be ignored.
  if (words[0] === 'UNKNOWN') return { bytes, source: null };
  const [family, address = '', destination = '', port = '', destinationPort = ''] = words;
  const isAddress = family === 'TCP4' ? isIPv4 : family === 'TCP6' ? isGlobalIpv6 : null;
  if (isAddress === null || words.length !== 5) return 'malformed';
  if (!isAddress(address) || !isAddress(destination)) return 'malformed';
  if (!isPort(port) || !isPort(destinationPort)) return 'malformed';
  return { bytes, source: { address: family === 'TCP6' ? plainIpv6(address) : address, port: Number(port) } };
}

/** Decimal, without leading zeros. */
function isPort(word: string): boolean {
  return /^(?:0|[1-9][0-9]{0,4})$/.test(word) && Number(word) <= 65535;
}

/** Signature, version and command, family, length (2 bytes), addresses, TLVs. */
function parseV2(buf: Buffer): ProxyHeader | 'incomplete' | 'malformed' {
  const version = buf[12]! >> 4;
  const command = buf[12]! & 0x0f;
  const family = buf[13]!;
  const bytes = V2_FIXED_BYTES + buf.readUInt16BE(14);
  const addressBytes = V2_ADDRESS_BYTES.get(family);
  if (version !== 2 || command > 1 || bytes > MAX_V2_BYTES || addressBytes === undefined) return 'malformed';
  if (V2_FIXED_BYTES + addressBytes > bytes) return 'malformed';
  if (buf.length < bytes) return 'incomplete';
  // LOCAL: the proxy's own connection, a health check for example. Its addresses, if any, say nothing.
  if (command === 0) return { bytes, source: null };
  // Nothing of the unspecified family is known, so its rest cannot be taken for TLVs.
  if (family === 0x00) return { bytes, source: null };
  if (!areWholeTlvs(buf, V2_FIXED_BYTES + addressBytes, bytes)) return 'malformed';
  if (family === 0x11) return { bytes, source: { address: ipv4At(buf, 16), port: buf.readUInt16BE(24) } };
  if (family === 0x21) return { bytes, source: { address: ipv6At(buf, 16), port: buf.readUInt16BE(48) } };
  return { bytes, source: null };
}

/** Type (1 byte), length (2), value: each must end within the header, though we use none of them. */
function areWholeTlvs(buf: Buffer, start: number, end: number): boolean {
  let at = start;
  while (at < end) {
    if (at + 3 > end) return false;
    at += 3 + buf.readUInt16BE(at + 1);
  }
  return at === end;
}

function ipv4At(buf: Buffer, at: number): string {
  return buf.subarray(at, at + 4).join('.');
}

function ipv6At(buf: Buffer, at: number): string {
  return plainIpv6(Array.from({ length: 8 }, (_, i) => buf.readUInt16BE(at + 2 * i).toString(16)).join(':'));
}

/** A zone (`%eth0`) means something to one machine alone. */
function isGlobalIpv6(word: string): boolean {
  return isIPv6(word) && !word.includes('%');
}

/** In the one form of RFC 5952, as sockets tell addresses, so that equal addresses are equal texts. */
function plainIpv6(address: string): string {
  const plain = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const mapped = MAPPED_IPV4.exec(plain);
  if (mapped === null) return plain;
  const [high, low] = mapped.slice(1).map((group) => Number.parseInt(group, 16)) as [number, number];
  return `::ffff:${high >> 8}.${high & 0xff}.${low >> 8}.${low & 0xff}`;
}
