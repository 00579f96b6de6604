import { assertInDate, loadTlsMaterial } from './tls-material.ts';
import type { TlsOptions } from './tls-options.ts';

/**
 * Whether a TLS listener could be opened with these files: what it would find out itself, without a listener.
 * @param nowMs  milliseconds since 1970, for the dates of the certificate
 * @throws TlsFilesError (rejects) with what does not fit
 */
export async function checkTlsFiles(options: TlsOptions, nowMs: number): Promise<void> {
  assertInDate(await loadTlsMaterial(options), options.certFile, nowMs);
}
