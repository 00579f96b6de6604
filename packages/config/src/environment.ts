import type { ConfigWarning } from './config-warning.ts';
import { nearestWord } from './nearest-key.ts';
import { findKey, KEY_TABLE, type KeyEntry } from './schema/key-table.ts';
import type { SettingTree } from './setting-tree.ts';

const PREFIX = 'NANOMQ_';

/** Variables of NanoMQ that set no key: the first two belong to the command, the rest have no effect there. */
const OTHER_VARIABLES = new Set([
  'CONF_PATH',
  'PID_FILE',
  'CLIENT_MAX_PACKET_SIZE',
  'VIN',
  'EXCHANGER_URL',
  'MSG_PERSISTENCE',
]);

/** NanoMQ's own names. */
const BY_NAME: ReadonlyMap<string, KeyEntry> = new Map(
  KEY_TABLE.flatMap((entry): [string, KeyEntry][] => (entry.env === undefined ? [] : [[entry.env, entry]])),
);

/** The systematic variable of a key: `mqtt.retry_interval` is `NANOMQ_MQTT__RETRY_INTERVAL`. */
export function variableOf(path: readonly string[]): string {
  return PREFIX + path.join('__').toUpperCase();
}

/**
 * Puts what `NANOMQ_*` variables say into the tree. Where both set one key, the systematic name wins over
 * NanoMQ's name. Empty variables count as not set. Unknown ones give a warning.
 */
export function addEnvironmentSettings(tree: SettingTree, env: NodeJS.ProcessEnv): ConfigWarning[] {
  const warnings: ConfigWarning[] = [];
  const names = Object.keys(env).filter((name) => name.startsWith(PREFIX) && env[name]?.trim());
  // Names without "__" first, so that the systematic ones overwrite them.
  for (const name of names.toSorted((a, b) => Number(a.includes('__')) - Number(b.includes('__')))) {
    const short = name.slice(PREFIX.length);
    const path = pathOf(short);
    if (path !== undefined) tree.set(path, convert(short, env[name]?.trim() ?? ''), { kind: 'env', name });
    else if (!OTHER_VARIABLES.has(short)) warnings.push(unknownVariable(name));
  }
  return warnings;
}

function pathOf(short: string): readonly string[] | undefined {
  const known = BY_NAME.get(short);
  if (known !== undefined) return known.path;
  const path = short.toLowerCase().split('__');
  return short.includes('__') && findKey(path) !== undefined ? path : undefined;
}

/** NanoMQ gives this one in seconds without a unit. */
function convert(short: string, value: string): string {
  return short === 'QOS_DURATION' && /^\d+$/.test(value) ? `${value}s` : value;
}

function unknownVariable(name: string): ConfigWarning {
  const names = KEY_TABLE.flatMap((entry) => [variableOf(entry.path), ...(entry.env ? [PREFIX + entry.env] : [])]);
  const nearest = nearestWord(name, names);
  const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`;
  return { code: 'UNKNOWN_ENV', origin: { kind: 'env', name }, message: `unknown variable ${name}${hint}` };
}
