import type { z } from 'zod';
import { usesPasswords } from './build-auth.ts';
import { namedListeners } from './build-listeners.ts';
import { deepFreeze } from './deep-freeze.ts';
import { httpServerConfig, jwtConfig } from './http-server-config.ts';
import { type BindAddress, formatAddress } from './schema/address.ts';
import { type CheckedConfig, configSchema } from './schema/config-schema.ts';
import { schemaNode } from './schema/schema-node.ts';
import type { SettingMeta } from './schema/setting.ts';
import { formatWebSocketAddress, type WebSocketAddress } from './schema/web-socket-address.ts';
import { type SectionPresence, SWITCHED_SECTIONS } from './section-presence.ts';
import { isSection } from './setting-tree.ts';
import { inheritedTlsValues, type TlsValues } from './tls-inheritance.ts';

/** A value in JSON form: durations in milliseconds, sizes in bytes, addresses as `host:port`. Null: not set, no default. */
export type EffectiveValue = string | number | boolean | null | readonly EffectiveValue[] | EffectiveTree;

/** A section; its keys are those of the file. */
export interface EffectiveTree {
  readonly [key: string]: EffectiveValue | undefined;
}

type Draft = Record<string, EffectiveValue>;

/**
 * Every key with its effective value, secrets in the clear; frozen. Keys whose values are not checked yet stand there
 * only when somebody set them, named sections (listeners, bridges) only when they exist. `enable` is what it comes to,
 * so that a section nobody wrote says false.
 */
export function effectiveTree(checked: CheckedConfig, presence: SectionPresence): EffectiveTree {
  const tree = sectionOf(configSchema, checked);
  const put = (path: readonly string[], value: EffectiveValue): void => {
    const section = path.slice(0, -1).reduce<unknown>((at, name) => (isSection(at) ? at[name] : undefined), tree);
    if (isSection(section)) section[path.at(-1) ?? ''] = value;
  };
  for (const section of SWITCHED_SECTIONS) put([...section.split('.'), 'enable'], presence.isOn(checked, section));
  const isTcpEnabled = checked.listeners.tcp?.enable ?? true;
  put(['listeners', 'tcp', 'enable'], presence.hasPlainTcp(checked) && isTcpEnabled);
  for (const [path, values] of inheritingListeners(checked)) {
    for (const [key, value] of Object.entries(values)) put([...path, key], value ?? null);
  }
  put(['auth', 'enable'], usesPasswords(checked.auth, presence));
  put(['http_server', 'ip_addr'], httpServerConfig(checked.http_server).host);
  put(['http_server', 'jwt', 'algorithm'], jwtConfig(checked.http_server.jwt).algorithm);
  return deepFreeze(tree);
}

/** Every TLS listener that takes from `listeners.ssl` what it does not set itself, with what it comes to. */
function inheritingListeners(checked: CheckedConfig): [string[], TlsValues][] {
  const named = (['ssl', 'wss'] as const).flatMap((kind) =>
    namedListeners(kind, checked).map(([name, own]): [string[], TlsValues] => [['listeners', kind, name], own]),
  );
  const all: [string[], TlsValues][] = [[['listeners', 'wss'], checked.listeners.wss as TlsValues], ...named];
  return all.map(([path, own]) => [path, inheritedTlsValues(own, checked)]);
}

/** The value or section at `path`, or undefined. */
export function effectiveAt(tree: EffectiveTree, path: readonly string[]): EffectiveValue | undefined {
  return path.reduce<EffectiveValue | undefined>(
    (value, name) => (isSection(value) && Object.hasOwn(value, name) ? (value as EffectiveTree)[name] : undefined),
    tree,
  );
}

function sectionOf(schema: z.core.$ZodType, value: unknown): Draft {
  const node = schemaNode(schema);
  const result: Draft = {};
  if (node.kind === 'setting') return result;
  const given = isSection(value) ? value : {};
  for (const [name, child] of node.children) {
    const member = memberOf(child, given[name]);
    if (member !== undefined) result[name] = member;
  }
  for (const [name, member] of Object.entries(given)) {
    if (node.named === undefined || node.children.has(name)) continue;
    const named = memberOf(node.named, member);
    if (named !== undefined) result[name] = named;
  }
  return result;
}

/** @returns undefined where there is nothing to tell */
function memberOf(schema: z.core.$ZodType, value: unknown): EffectiveValue | undefined {
  const node = schemaNode(schema);
  if (node.kind === 'setting') return settingOf(schema, node.meta, value);
  const section = sectionOf(schema, value);
  return value === undefined && Object.keys(section).length === 0 ? undefined : section;
}

function settingOf(schema: z.core.$ZodType, meta: SettingMeta, value: unknown): EffectiveValue | undefined {
  const found = value ?? defaultOf(schema);
  if (found === undefined) return meta.isChecked ? null : undefined;
  if (!meta.isChecked) return structuredClone(found) as EffectiveValue;
  if (meta.type === 'address') return formatAddress(found as BindAddress);
  if (meta.type === 'address/path') return formatWebSocketAddress(found as WebSocketAddress);
  return structuredClone(found) as EffectiveValue;
}

/** Also of a key whose whole section is missing, which zod then leaves out. */
function defaultOf(schema: z.core.$ZodType): unknown {
  const { safeParse } = schema as z.ZodType;
  return safeParse(undefined).data;
}
