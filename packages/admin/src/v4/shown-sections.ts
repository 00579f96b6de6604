import type { SettingTree, SettingValue } from '../ports/config-port.ts';
import { isTree, settingAt } from '../v1/setting-field.ts';
import { SECRET_MASK } from '../v1/show-settings.ts';
import type { BridgeNode, HttpRequestRow, ShownOnly, ShownSections } from './configuration-schemas.ts';

/** The sections that are only shown, from what the configuration says; secrets masked. */
export function shownSections(settings: SettingTree): Pick<ShownSections, ShownOnly> {
  return {
    auth: Object.keys(treeAt(settings, 'auth', 'password')).map((login) => ({ login, password: SECRET_MASK })),
    auth_http: authHttp(settings),
    sqlite: sqlite(settings),
    bridge: { nodes: bridgeNodes(treeAt(settings, 'bridges', 'mqtt')) },
    aws_bridge: { nodes: bridgeNodes(treeAt(settings, 'bridges', 'aws')) },
  };
}

function authHttp(settings: SettingTree): ShownSections['auth_http'] {
  const section = treeAt(settings, 'auth', 'http_auth');
  const isThere = isTree(settingAt(settings, ['auth', 'http_auth']));
  return {
    enable: isThere && section.enable !== false,
    timeout: secondsOf(section.timeout, 5),
    connect_timeout: secondsOf(section.connect_timeout, 5),
    pool_size: numberOf(section.pool_size, 32),
    cache_ttl: secondsOf(section.cache_ttl, 0),
    auth_req: httpRequest(treeAt(section, 'auth_req')),
    acl_req: httpRequest(treeAt(section, 'acl_req')),
    super_req: httpRequest(treeAt(section, 'super_req')),
  };
}

/** Headers may carry credentials: their values are never shown. */
function httpRequest(request: SettingTree): HttpRequestRow {
  const headers = Object.keys(treeAt(request, 'headers')).map((name) => [name, SECRET_MASK]);
  return {
    url: addressOf(request.url),
    method: textOf(request.method) ?? 'POST',
    headers: Object.fromEntries(headers),
    params: Object.keys(treeAt(request, 'params')),
  };
}

function sqlite(settings: SettingTree): ShownSections['sqlite'] {
  const section = treeAt(settings, 'sqlite');
  return {
    enable: isTree(settings.sqlite) && section.enable !== false,
    disk_cache_size: numberOf(section.disk_cache_size, 102_400),
    flush_mem_threshold: numberOf(section.flush_mem_threshold, 100),
    resend_interval: numberOf(section.resend_interval, 5000),
    mounted_file_path: textOf(section.mounted_file_path),
  };
}

/** `cache` among the bridges is the cache of all of them. */
function bridgeNodes(bridges: SettingTree): BridgeNode[] {
  return Object.entries(bridges).flatMap(([name, bridge]) =>
    name === 'cache' || !isTree(bridge) ? [] : [bridgeNode(name, bridge)],
  );
}

/** The settings of a bridge; secrets masked. */
export function bridgeNode(name: string, bridge: SettingTree): BridgeNode {
  return {
    name,
    enable: bridge.enable !== false,
    parallel: numberOf(bridge.max_parallel_processes, 2),
    connector: {
      server: addressOf(bridge.server),
      proto_ver: numberOf(bridge.proto_ver, 4),
      clientid: textOf(bridge.clientid),
      clean_start: bridge.clean_start !== false,
      username: textOf(bridge.username),
      password: textOf(bridge.password) === null ? null : SECRET_MASK,
      keepalive: secondsOf(bridge.keepalive, 60),
      ...sectionOf(bridge, 'conn_properties'),
      ...sectionOf(bridge, 'will'),
    },
    forwards: treesOf(bridge.forwards),
    subscription: treesOf(bridge.subscription),
    ...sectionOf(bridge, 'sub_properties'),
    ...(isTree(bridge.ssl) ? { tls: bridgeTls(bridge.ssl) } : {}),
  };
}

function bridgeTls(ssl: SettingTree): NonNullable<BridgeNode['tls']> {
  return {
    enable: ssl.enable !== false,
    keyfile: textOf(ssl.keyfile),
    certfile: textOf(ssl.certfile),
    cacertfile: textOf(ssl.cacertfile),
    key_password: textOf(ssl.key_password) === null ? null : SECRET_MASK,
    verify_peer: ssl.verify_peer !== false,
  };
}

/** A section under its own name, if it stands there. */
function sectionOf<K extends string>(tree: SettingTree, key: K): { readonly [P in K]?: SettingTree } {
  const section = tree[key];
  return isTree(section) ? ({ [key]: section } as { readonly [P in K]: SettingTree }) : {};
}

function treeAt(tree: SettingTree, ...path: readonly string[]): SettingTree {
  const value = settingAt(tree, path);
  return isTree(value) ? value : {};
}

function treesOf(value: SettingValue | undefined): SettingTree[] {
  return Array.isArray(value) ? (value as readonly SettingValue[]).filter(isTree) : [];
}

function textOf(value: SettingValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

/** A URL may carry a user and a password. */
function addressOf(value: SettingValue | undefined): string | null {
  return textOf(value)?.replace(/(?<=:\/\/)[^/]*@/, `${SECRET_MASK}@`) ?? null;
}

function numberOf(value: SettingValue | undefined, fallback: number): number {
  return typeof value === 'number' ? value : fallback;
}

function secondsOf(value: SettingValue | undefined, fallback: number): number {
  return typeof value === 'number' ? value / 1000 : fallback;
}
