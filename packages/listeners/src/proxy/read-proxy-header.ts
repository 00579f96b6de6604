import type { Arrival } from '../entry/arrival.ts';
import { Refusal } from '../entry/refusal.ts';
import { parseProxyHeader } from './proxy-header.ts';
import type { TrustedSources } from './trusted-sources.ts';

/** That and from where a PROXY protocol header comes. */
export interface ProxyProtocolOptions {
  /**
   * Addresses and networks of the proxies, `10.0.0.0/8` for example: from others the connection is closed, for they
   * could claim to be anybody. A Unix socket needs none: who may open its file is trusted.
   */
  readonly trustedSources: readonly string[];
}

const NO_BYTES = Buffer.alloc(0);

/**
 * Takes the PROXY protocol header off the socket, which keeps what follows unread, and tells the arrival whom it
 * speaks for. Every connection must begin with one: a header that may be missing could be forged.
 * @param trusted  null trusts every peer
 * @returns the refusal when there is no well formed header from a trusted source
 */
export async function readProxyHeader(arrival: Arrival, trusted: TrustedSources | null): Promise<Refusal | null> {
  // The system knows no address of a peer that is gone already.
  if (trusted !== null && arrival.remoteAddress === '') return new Refusal('closed');
  if (trusted !== null && !trusted.includes(arrival.remoteAddress)) return new Refusal('proxyUntrusted');
  const { socket } = arrival;
  let bytes: Buffer = NO_BYTES;
  for (;;) {
    const gone = await arrival.bytesCame();
    if (gone !== null) return gone;
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) continue;
    bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
    const header = parseProxyHeader(bytes);
    if (header === 'malformed') return new Refusal('proxyMalformed');
    if (header === 'incomplete') continue;
    if (header.bytes < bytes.length) socket.unshift(bytes.subarray(header.bytes));
    if (header.source !== null) {
      arrival.remoteAddress = header.source.address;
      arrival.remotePort = header.source.port;
    }
    return null;
  }
}
