import { isDeepStrictEqual } from 'node:util';
import { CONFIG_ERRORS, ConfigError } from '../config-error.ts';
import { type ConfigDiff, diffConfigs } from '../diff-configs.ts';
import { effectiveAt } from '../effective-tree.ts';
import { formatPath } from '../hocon/key-path.ts';
import { type ConfigSources, configFile, type LoadedConfig, loadConfig, loadConfigWith } from '../load-config.ts';
import type { Origin } from '../origin.ts';
import type { SettingTree } from '../setting-tree.ts';
import { editConfigText, type TextChange } from './edit-config-text.ts';
import { withUnit } from './file-notation.ts';
import { keepSwitches } from './keep-switches.ts';
import { readOriginalText } from './original-text.ts';
import { overridingOrigin } from './overriding-origin.ts';
import { requestedChanges } from './requested-changes.ts';

/** A setting that is written although it has no effect: environment or flags say something else. */
export interface OverriddenSetting {
  /** Dotted. */
  readonly path: string;
  readonly origin: Origin;
}

/** What a change would come to. Nothing has been written. */
export interface PlannedChange {
  /** What the file is to hold; without a file, the text that stands for one. */
  readonly newText: string;
  /** The file, as it was named; null without one. */
  readonly file: string | null;
  /** The whole configuration with `newText` in place of the file. */
  readonly loaded: LoadedConfig;
  /** From the file as it is to `newText`; `unchanged`: asked for, and the same as before. */
  readonly diff: ConfigDiff & { readonly unchanged: readonly string[] };
  readonly overridden: readonly OverriddenSetting[];
}

/**
 * Plans a change of settings: checks all of it, then writes it into the text of the file. Files are read, none is
 * written. What already has the value asked for is not written; a section that is off is not turned on by a key in it.
 * @throws ConfigError with every problem, each with the key; CHANGE_UNSAFE when the text cannot be edited safely
 */
export function changeConfig(sources: ConfigSources, changes: readonly TextChange[]): PlannedChange {
  const current = currentText(sources);
  const before = loadConfig(current);
  const asked = requestedChanges(changes);
  const { changes: complete, target } = keepSwitches(before, asked, (some, isDraft) =>
    overlaid(current, some, isDraft),
  );
  const isChange = (change: TextChange) => !isAsBefore(change, before, target) || isOverridden(change);
  const isOverridden = ({ path }: TextChange) => overridingOrigin(path, before, sources.flags) !== undefined;
  const needed = complete.filter(isChange);
  // A value that follows from others may look unchanged only as long as those stay.
  const isAll = needed.length === complete.length;
  const isEnough = isAll || isDeepStrictEqual(overlaid(current, needed, true).effective, target.effective);
  let edited = textWith(current, isEnough ? needed : complete);
  // The text lost a section together with its last key.
  if (firstMissed(complete, target, edited.loaded) !== undefined) edited = textWith(current, complete);
  const { newText, loaded } = edited;
  assertReached(complete, target, loaded);
  const overridden = asked.flatMap(({ path }): OverriddenSetting[] => {
    const origin = overridingOrigin(path, loaded, sources.flags);
    return origin === undefined ? [] : [{ path: formatPath(path), origin }];
  });
  const unchanged = asked.filter((change) => !isChange(change)).map(({ path }) => formatPath(path));
  return {
    newText,
    file: (sources.text === undefined ? current.file : undefined) ?? null,
    loaded,
    diff: { ...diffConfigs(before, loaded), unchanged },
    overridden,
  };
}

/** The sources with the text of their file beside its name. */
function currentText(sources: ConfigSources): ConfigSources & { readonly text: string } {
  if (sources.text !== undefined) return { ...sources, text: sources.text };
  const file = configFile(sources);
  return { ...sources, file, text: file === undefined ? '' : readOriginalText(file, sources.cwd) };
}

/** The configuration as it would be with the changes, without a text that says so: for errors free of false places. */
function overlaid(sources: ConfigSources, changes: readonly TextChange[], isDraft = false): LoadedConfig {
  const origin: Origin = { kind: 'change' };
  const overlay = (tree: SettingTree): void => {
    for (const { path, value } of changes) {
      tree.remove(path);
      if (value === undefined || value === null) continue;
      for (let length = 1; length < path.length; length++) {
        const section = path.slice(0, length);
        if (tree.get(section) === undefined) tree.set(section, {}, origin);
      }
      tree.set(path, structuredClone(withUnit(path, value)), origin);
    }
  };
  return loadConfigWith(sources, overlay, isDraft);
}

/** Removing counts as a change whenever somebody had set the key, also to its default. */
function isAsBefore({ path, value }: TextChange, before: LoadedConfig, target: LoadedConfig): boolean {
  const key = formatPath(path);
  if (value === undefined) return ![...before.origins.keys()].some((set) => set === key || set.startsWith(`${key}.`));
  return isDeepStrictEqual(effectiveAt(before.effective, path), effectiveAt(target.effective, path));
}

/** The text of the file with the changes, and what it comes to. @throws ConfigError */
function textWith(sources: ConfigSources & { readonly text: string }, changes: readonly TextChange[]) {
  const newText = editConfigText(sources.text, changes, sources);
  return { newText, loaded: loadConfig({ ...sources, text: newText }) };
}

/** The first change whose setting is not what it is to be. */
function firstMissed(
  changes: readonly TextChange[],
  target: LoadedConfig,
  loaded: LoadedConfig,
): TextChange | undefined {
  return changes.find(
    ({ path }) => !isDeepStrictEqual(effectiveAt(loaded.effective, path), effectiveAt(target.effective, path)),
  );
}

/** @throws ConfigError CHANGE_UNSAFE */
function assertReached(changes: readonly TextChange[], target: LoadedConfig, loaded: LoadedConfig): void {
  const missed = firstMissed(changes, target, loaded);
  if (missed === undefined) return;
  const key = formatPath(missed.path);
  const message = `${key}: ${CONFIG_ERRORS.CHANGE_UNSAFE}`;
  throw new ConfigError([{ code: 'CHANGE_UNSAFE', origin: { kind: 'change' }, key, message }]);
}
