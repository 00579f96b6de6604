import { formatPath } from './hocon/key-path.ts';
import type { CheckedConfig } from './schema/config-schema.ts';
import { LISTENER_KEYS, type ListenerSection } from './schema/listeners-section.ts';
import { isSection, type SettingTree } from './setting-tree.ts';

/** Sections whose standing in the file turns something on, unless their `enable` says otherwise. */
export const SWITCHED_SECTIONS = [
  'listeners.ssl',
  'listeners.ws',
  'listeners.wss',
  'listeners.unix',
  'auth.http_auth',
  'auth.jwt',
  'http_server',
] as const;

/** One of them. */
export type SwitchedSection = (typeof SWITCHED_SECTIONS)[number];

/**
 * Which sections stand in the file. Made before the environment is read: a variable about TLS must not turn TCP off
 * by making `listeners` exist, nor one about a port turn the HTTP API on.
 */
export class SectionPresence {
  readonly #inFile: ReadonlySet<string>;
  readonly #tree: SettingTree;

  /** @param tree  with what the file says, and nothing else yet */
  constructor(tree: SettingTree) {
    this.#tree = tree;
    this.#inFile = new Set(tree.origins.keys());
  }

  isInFile(path: readonly string[]): boolean {
    return this.#inFile.has(formatPath(path));
  }

  /** What `enable` of the section comes to. */
  isOn(checked: CheckedConfig, section: SwitchedSection): boolean {
    return enableOf(checked, section) ?? (this.isInFile(section.split('.')) && !this.#hasOnlyNamed(section));
  }

  /** Is there the listener of `listeners.tcp.bind`? Whether it is enabled is another question. */
  hasPlainTcp({ listeners }: CheckedConfig): boolean {
    return listeners.tcp === undefined ? !this.isInFile(['listeners']) : !this.#hasOnlyNamed('listeners.tcp');
  }

  /** Whoever names listeners has chosen the addresses; opening every interface beside them would surprise. */
  #hasOnlyNamed(section: string): boolean {
    const path = section.split('.');
    const [first, kind = ''] = path;
    if (first !== 'listeners') return false;
    const ownKeys: ReadonlySet<string> = LISTENER_KEYS[kind as ListenerSection];
    const found = this.#tree.get(path);
    const hasNamed = isSection(found) && Object.keys(found).some((name) => !ownKeys.has(name));
    return hasNamed && !['bind', 'path'].some((key) => this.#tree.origins.has(`${section}.${key}`));
  }
}

function enableOf({ listeners, auth, http_server }: CheckedConfig, section: SwitchedSection): boolean | undefined {
  switch (section) {
    case 'http_server':
      return http_server.enable;
    case 'auth.http_auth':
      return auth.http_auth.enable;
    case 'auth.jwt':
      return auth.jwt.enable;
    case 'listeners.ssl':
      return listeners.ssl.enable;
    case 'listeners.ws':
      return listeners.ws.enable;
    case 'listeners.wss':
      return listeners.wss.enable;
    case 'listeners.unix':
      return listeners.unix.enable;
    default:
      return section satisfies never;
  }
}
