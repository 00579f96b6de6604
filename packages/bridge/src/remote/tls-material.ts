import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import type { BridgeTls } from '../bridge-options.ts';

/**
 * What Node needs to connect by TLS. The files are read for each connection, so a renewed certificate is used.
 * @throws Error (rejects) for a file that cannot be read, or a file of authorities that holds none: without them the
 *   remote certificate would be held against others than the operator meant
 */
export async function tlsMaterial(tls: BridgeTls, host: string): Promise<ConnectionOptions> {
  const [ca, cert, key] = await Promise.all([tls.caFile, tls.certFile, tls.keyFile].map(readIfSet));
  if (ca !== undefined && !ca.includes('-----BEGIN CERTIFICATE-----')) {
    throw new Error(`${tls.caFile} holds no certificate of an authority`);
  }
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(tls.keyPassword !== undefined && { passphrase: tls.keyPassword }),
    ...(isIP(host) === 0 && { servername: host }),
    rejectUnauthorized: tls.verifyPeer,
  };
}

async function readIfSet(path: string | undefined): Promise<string | undefined> {
  return path === undefined ? undefined : readFile(path, 'utf8');
}
