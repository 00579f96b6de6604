import { type ConfigErrorCode, configError } from './config-error.ts';
import type { Origin } from './origin.ts';
import { parseAddress } from './schema/address.ts';
import type { SettingTree } from './setting-tree.ts';

/** Command line flags that set configuration; what is left out or undefined sets nothing. */
export interface PartialFlags {
  /** `--url`: `nmq-tcp://HOST:PORT`, any number; they replace every TCP listener of file and environment. */
  readonly urls?: readonly string[] | undefined;
  /** `--log_level` */
  readonly logLevel?: string | undefined;
}

/** Schemes of NanoMQ whose listeners do not exist yet. */
const LATER_SCHEMES = new Set(['tls+nmq-tcp', 'nmq-ws', 'nmq-wss', 'nmq+ws', 'nmq+wss']);

const URL_ORIGIN: Origin = { kind: 'flag', name: '--url' };

/**
 * Puts what the flags say into the tree.
 * @throws ConfigError URL_NOT_SUPPORTED for a scheme that is not used yet, VALUE_INVALID for any other bad URL
 */
export function addFlagSettings(tree: SettingTree, flags: PartialFlags): void {
  if (flags.logLevel !== undefined) tree.set(['log', 'level'], flags.logLevel, { kind: 'flag', name: '--log_level' });
  if (flags.urls === undefined || flags.urls.length === 0) return;
  tree.remove(['listeners', 'tcp']);
  for (const [index, url] of flags.urls.entries()) {
    checkUrl(url, URL_ORIGIN);
    const section = index === 0 ? ['listeners', 'tcp'] : ['listeners', 'tcp', `url-${index + 1}`];
    tree.set([...section, 'bind'], url, URL_ORIGIN);
  }
}

/** @throws ConfigError when `url` is not `nmq-tcp://HOST:PORT` */
function checkUrl(url: string, origin: Origin): void {
  const [, scheme, rest] = /^([\w+.-]+):\/\/(.*)$/.exec(url) ?? [];
  const allowed = 'allowed: nmq-tcp://HOST:PORT';
  const refuse = (code: ConfigErrorCode): never => {
    throw configError(code, origin, `found ${JSON.stringify(url)}, ${allowed}`);
  };
  if (scheme !== undefined && LATER_SCHEMES.has(scheme.toLowerCase())) refuse('URL_NOT_SUPPORTED');
  if (scheme?.toLowerCase() !== 'nmq-tcp' || parseAddress(rest) === undefined) refuse('VALUE_INVALID');
}
