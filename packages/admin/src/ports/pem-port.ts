import type { ChangeReport } from './config-port.ts';

/** PEM texts for the TLS listener; a field that is missing stays as it is. */
export interface PemTexts {
  readonly key?: string;
  readonly cert?: string;
  readonly cacert?: string;
}

/** Paths in the notation of the configuration file, one for each text that was given. */
export interface PemPaths {
  readonly key?: string;
  readonly cert?: string;
  readonly cacert?: string;
}

/** Where PEM texts that come over the API go to. */
export interface PemPort {
  /**
   * Checks the texts, and that key and certificate belong together where both are given; then writes each as a new file
   * beside the configuration file, named by its content. Files made so before that are not in use any more are deleted.
   * @param keyPassword  of the private key; null = none
   * @param change  puts the paths into the configuration; runs when everything is checked and written beside its place,
   *   and when it rejects nothing has changed
   * @throws ChangeRefused (rejects) `invalid` naming `listeners.ssl.keyfile`, `certfile` or `cacertfile`, or `file`;
   *   what `change` throws
   */
  write(
    texts: PemTexts,
    keyPassword: string | null,
    change: (paths: PemPaths) => Promise<ChangeReport>,
  ): Promise<ChangeReport>;
}
