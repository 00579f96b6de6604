import { existsSync } from 'node:fs';

/** Read when neither `--conf` nor `NANOMQ_CONF_PATH` names a file, if it is there. */
export const SYSTEM_CONFIGURATION_FILE = '/etc/nanomq.conf';

/** The file that a broker started with these words in this environment runs with; undefined: none. */
export function configurationFile(
  conf: string | undefined,
  { NANOMQ_CONF_PATH: named = '' }: NodeJS.ProcessEnv,
  systemFile: string = SYSTEM_CONFIGURATION_FILE,
): string | undefined {
  if (conf !== undefined) return conf;
  if (named !== '') return named;
  return existsSync(systemFile) ? systemFile : undefined;
}
