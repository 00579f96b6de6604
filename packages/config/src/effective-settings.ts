import { type EffectiveTree, type EffectiveValue, effectiveAt } from './effective-tree.ts';
import { formatPath } from './hocon/key-path.ts';
import { DEFAULT_ORIGIN, type Origin } from './origin.ts';
import { formatDuration } from './schema/duration.ts';
import { findKey, type KeyEntry } from './schema/key-table.ts';
import type { ReloadClass, SettingStatus } from './schema/setting.ts';
import { formatSize } from './schema/size.ts';
import { maskSecrets, SECRET_MASK } from './secret-mask.ts';
import { isSection } from './setting-tree.ts';

/** Longest list shown, and longest value of a key nobody uses yet. */
const MAX_SHOWN = 80;

/** One value as it takes effect, in the notation of the file; secrets are masked already. */
export interface EffectiveSetting {
  readonly key: string;
  readonly value: string;
  readonly origin: Origin;
  readonly status: SettingStatus;
  readonly reload: ReloadClass;
}

/** One key of the schema where it stands in a tree: free names are the operator's. */
export interface PlacedSetting {
  readonly path: readonly string[];
  readonly entry: KeyEntry;
  readonly value: EffectiveValue;
}

/** Every used key with its effective value, and every other key that somebody set. */
export function effectiveSettings(
  tree: EffectiveTree,
  origins: ReadonlyMap<string, Origin>,
): readonly EffectiveSetting[] {
  const settings = placedSettings(tree).flatMap(({ path, entry, value }): EffectiveSetting[] => {
    const key = formatPath(path);
    // Of a key nobody set the origin is the default, even where its section stands in a file.
    const origin = origins.get(key) ?? DEFAULT_ORIGIN;
    if (origin.kind === 'default' && (value === null || isNothingToTell(tree, path, entry))) return [];
    return [{ key, value: formatValue(entry, value), origin, status: entry.status, reload: entry.reload }];
  });
  const isUsed = ({ status }: EffectiveSetting): boolean => status === 'used';
  return [...settings.filter(isUsed), ...settings.filter((setting) => !isUsed(setting))];
}

/** Every key of a tree, in its order. */
export function placedSettings(tree: EffectiveTree, path: readonly string[] = []): PlacedSetting[] {
  return Object.entries(tree).flatMap(([name, value]): PlacedSetting[] => {
    const here = [...path, name];
    const entry = findKey(here);
    if (entry !== undefined) return value === undefined ? [] : [{ path: here, entry, value }];
    return isSection(value) ? placedSettings(value as EffectiveTree, here) : [];
  });
}

/** Defaults of what nobody uses yet, and of what is switched off. */
function isNothingToTell(tree: EffectiveTree, path: readonly string[], entry: KeyEntry): boolean {
  if (entry.status !== 'used') return true;
  if (path.at(-1) === 'enable') return false;
  // The innermost switch decides: a named listener may be open while the unnamed one is not.
  const switches = path.map((_, length) => effectiveAt(tree, [...path.slice(0, length), 'enable']));
  const decides = switches.findLastIndex((state) => state !== undefined);
  // `auth.enable` is a switch of the users only, not of what else is in `auth`.
  return switches[decides] === false && !(decides === 1 && path[0] === 'auth');
}

function formatValue(entry: KeyEntry, value: EffectiveValue): string {
  const text = entry.secret ? SECRET_MASK : plainText(entry, value);
  const mayBeCut = entry.status !== 'used' || Array.isArray(value);
  return mayBeCut && text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text;
}

function plainText(entry: KeyEntry, value: EffectiveValue): string {
  if (entry.type === 'duration' && typeof value === 'number') return formatDuration(value);
  if (entry.type === 'size' && typeof value === 'number') return formatSize(value);
  const masked = maskSecrets(value);
  return typeof value === 'string' ? (JSON.parse(masked) as string) : masked;
}
