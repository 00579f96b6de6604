import { formatPath } from './hocon/key-path.ts';
import type { NanomqConfig } from './nanomq-config.ts';
import { DEFAULT_ORIGIN, type Origin } from './origin.ts';
import { type BindAddress, formatAddress } from './schema/address.ts';
import type { CheckedConfig } from './schema/config-schema.ts';
import { formatDuration } from './schema/duration.ts';
import { findKey, KEY_TABLE, type KeyEntry } from './schema/key-table.ts';
import type { SettingStatus } from './schema/setting.ts';
import { formatSize } from './schema/size.ts';
import { maskSecrets, SECRET_MASK } from './secret-mask.ts';
import { isSection, type SettingTree } from './setting-tree.ts';

/** Longest value shown of a key nobody uses yet; lists of rules may be long. */
const MAX_SHOWN = 80;

/** One value as it takes effect, in the notation of the file; secrets are masked already. */
export interface EffectiveSetting {
  readonly key: string;
  readonly value: string;
  readonly origin: Origin;
  readonly status: SettingStatus;
}

/** Of a key nobody set the origin is the default, even where its section stands in a file. */
function originAt(tree: SettingTree, path: readonly string[]): Origin {
  return tree.origins.get(formatPath(path)) ?? DEFAULT_ORIGIN;
}

/** Every used key with its effective value, and every other key that somebody set. */
export function effectiveSettings(tree: SettingTree, checked: CheckedConfig, config: NanomqConfig): EffectiveSetting[] {
  const usedKeys = KEY_TABLE.filter((entry) => entry.status === 'used' && entry.path[0] !== 'listeners');
  const used = usedKeys.map((entry): EffectiveSetting => {
    const value = formatValue(entry, valueIn(checked, entry.path));
    return { key: entry.key, value, origin: originAt(tree, entry.path), status: 'used' };
  });
  return [...listenerSettings(tree, config), ...used, ...unusedSettings(tree, tree.root, [])];
}

function listenerSettings(tree: SettingTree, config: NanomqConfig): EffectiveSetting[] {
  return config.listeners.tcp.flatMap((listener) => {
    const isDefault = listener.name === 'default' && !isSection(tree.get(['listeners', 'tcp', 'default']));
    const section = isDefault ? ['listeners', 'tcp'] : ['listeners', 'tcp', listener.name];
    const setting = (name: string, value: string): EffectiveSetting => {
      const path = [...section, name];
      const origin = originAt(tree, path);
      return { key: formatPath(path), value, origin, status: 'used' };
    };
    return [setting('bind', formatAddress(listener)), setting('enable', String(listener.enable))];
  });
}

function unusedSettings(tree: SettingTree, section: object, path: readonly string[]): EffectiveSetting[] {
  return Object.entries(section).flatMap(([name, value]) => {
    const here = [...path, name];
    const entry = findKey(here);
    if (entry === undefined) return isSection(value) ? unusedSettings(tree, value, here) : [];
    if (entry.status === 'used') return [];
    const text = entry.secret ? SECRET_MASK : maskSecrets(value);
    const shown = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text;
    return [{ key: formatPath(here), value: shown, origin: tree.originOf(here), status: entry.status }];
  });
}

function formatValue(entry: KeyEntry, value: unknown): string {
  if (entry.type === 'duration' && typeof value === 'number') return formatDuration(value);
  if (entry.type === 'size' && typeof value === 'number') return formatSize(value);
  if (entry.type === 'address') return formatAddress(value as BindAddress);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function valueIn(checked: CheckedConfig, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => (isSection(value) ? value[name] : undefined), checked);
}
