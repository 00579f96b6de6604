import { isDeepStrictEqual } from 'node:util';
import { type PlacedSetting, placedSettings } from './effective-settings.ts';
import { formatPath } from './hocon/key-path.ts';
import type { LoadedConfig } from './load-config.ts';

/** The keys whose effective values differ, by when the new value holds. Dotted paths, in the order of the schema. */
export interface ConfigDiff {
  /** From now on, or for connections made from now on. */
  readonly applied: readonly string[];
  readonly needsRestart: readonly string[];
}

/**
 * Compares two configurations key by key.
 * @param isHeld  tells of a key that could take effect at once whether it cannot this time. Default: all can
 */
export function diffConfigs(
  before: LoadedConfig,
  after: LoadedConfig,
  isHeld: (path: readonly string[]) => boolean = () => false,
): ConfigDiff {
  const old = byKey(before);
  const now = byKey(after);
  const applied: string[] = [];
  const needsRestart: string[] = [];
  for (const [key, { entry, path }] of new Map([...old, ...now])) {
    if (isDeepStrictEqual(old.get(key)?.value, now.get(key)?.value)) continue;
    (entry.reload === 'live' && !isHeld(path) ? applied : needsRestart).push(key);
  }
  return { applied, needsRestart };
}

function byKey({ effective }: LoadedConfig): Map<string, PlacedSetting> {
  return new Map(placedSettings(effective).map((setting) => [formatPath(setting.path), setting]));
}
