import { checkTlsFiles } from '@nanomq-ts/listeners';
import { ListenError } from './listen-error.ts';
import type { ListenerSpec } from './listener-spec.ts';
import { tlsOptions } from './open-listener.ts';

/**
 * Reads keys and certificates as the listeners would, and opens none.
 * @param cwd  files of the configuration are relative to it
 * @param nowMs  milliseconds since 1970
 * @throws ListenError (rejects) for the first whose files are not good
 */
export async function checkCertificates(specs: readonly ListenerSpec[], cwd: string, nowMs: number): Promise<void> {
  for (const spec of specs) {
    if (!('tls' in spec.config)) continue;
    try {
      await checkTlsFiles(tlsOptions(spec.config.tls, cwd), nowMs);
    } catch (error) {
      throw new ListenError(spec, error);
    }
  }
}
