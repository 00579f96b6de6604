import { configError } from './config-error.ts';
import type { Origin } from './origin.ts';
import { bindAddress } from './schema/address.ts';
import type { LISTENER_KEYS } from './schema/listeners-section.ts';
import type { ValueKind } from './schema/setting.ts';
import { webSocketAddress } from './schema/web-socket-address.ts';
import { isSection, type SettingTree } from './setting-tree.ts';

/** Command line flags that set configuration; what is left out or undefined sets nothing. */
export interface PartialFlags {
  /**
   * `--url`, any number: `nmq-tcp://HOST:PORT`, `tls+nmq-tcp://HOST:PORT`, `nmq-ws://HOST:PORT/PATH` or
   * `nmq-wss://HOST:PORT/PATH`. They replace every TCP listener of file and environment, and those of their own kind.
   */
  readonly urls?: readonly string[] | undefined;
  /** `--log_level` */
  readonly logLevel?: string | undefined;
}

type UrlSection = Exclude<keyof typeof LISTENER_KEYS, 'unix'>;

interface UrlScheme {
  readonly section: UrlSection;
  readonly address: ValueKind<unknown>;
}

const SCHEMES: ReadonlyMap<string, UrlScheme> = new Map(
  Object.entries({
    'nmq-tcp': { section: 'tcp', address: bindAddress('nmq-tcp') },
    'tls+nmq-tcp': { section: 'ssl', address: bindAddress('tls+nmq-tcp') },
    'nmq-ws': { section: 'ws', address: webSocketAddress('nmq-ws') },
    'nmq-wss': { section: 'wss', address: webSocketAddress('nmq-wss') },
  } as const),
);

/** Of NanoMQ, where nothing here listens. */
const LATER_SCHEMES: ReadonlySet<string> = new Set(['mqtt-quic', 'nmq-quic']);

const URL_ORIGIN: Origin = { kind: 'flag', name: '--url' };
const ALLOWED =
  'allowed: nmq-tcp://HOST:PORT, tls+nmq-tcp://HOST:PORT, nmq-ws://HOST:PORT/PATH, nmq-wss://HOST:PORT/PATH';

/**
 * Puts what the flags say into the tree.
 * @throws ConfigError URL_NOT_SUPPORTED for a scheme that is not used yet, VALUE_INVALID for any other bad URL
 */
export function addFlagSettings(tree: SettingTree, flags: PartialFlags): void {
  if (flags.logLevel !== undefined) tree.set(['log', 'level'], flags.logLevel, { kind: 'flag', name: '--log_level' });
  const listeners = (flags.urls ?? []).map(readUrl);
  const [first] = listeners;
  if (first === undefined) return;
  for (const section of sectionsOfUrls(flags)) removeListeners(tree, section);
  const counts = new Map<UrlSection, number>();
  for (const { section, bind } of listeners) {
    const count = (counts.get(section) ?? 0) + 1;
    counts.set(section, count);
    const path = count === 1 ? ['listeners', section] : ['listeners', section, `url-${count}`];
    tree.set([...path, 'bind'], bind, URL_ORIGIN);
    if (section !== 'tcp') tree.set([...path, 'enable'], true, URL_ORIGIN);
  }
  // Who asks for TLS alone must not get an open 1883 beside it.
  if (!counts.has('tcp')) tree.set(['listeners', 'tcp', 'enable'], false, URL_ORIGIN);
}

/** The sections of `listeners` in which `--url` decides alone. */
export function sectionsOfUrls({ urls = [] }: PartialFlags): ReadonlySet<string> {
  return urls.length === 0 ? new Set() : new Set(['tcp', ...urls.map((url) => readUrl(url).section)]);
}

/** Certificates stay: a listener that is asked for by its address alone needs them. */
function removeListeners(tree: SettingTree, section: string): void {
  if (section === 'tcp') tree.remove(['listeners', 'tcp']);
  const found = tree.get(['listeners', section]);
  for (const [name, member] of Object.entries(isSection(found) ? found : {})) {
    if (name === 'bind' || name === 'enable' || isSection(member)) tree.remove(['listeners', section, name]);
  }
}

/** @throws ConfigError URL_NOT_SUPPORTED, VALUE_INVALID */
function readUrl(url: string): { readonly section: UrlSection; readonly bind: string } {
  const [, word = '', rest = ''] = /^([\w+.-]+):\/\/(.*)$/.exec(url) ?? [];
  const scheme = SCHEMES.get(word.toLowerCase());
  if (scheme?.address.schema.safeParse(rest).success !== true) {
    const code = LATER_SCHEMES.has(word.toLowerCase()) ? 'URL_NOT_SUPPORTED' : 'VALUE_INVALID';
    throw configError(code, URL_ORIGIN, `found ${JSON.stringify(url)}, ${ALLOWED}`);
  }
  return { section: scheme.section, bind: rest };
}
