import { CONFIG_ERRORS, ConfigError, type ConfigErrorCode, type ConfigProblem } from '../config-error.ts';
import type { EffectiveTree } from '../effective-tree.ts';
import { formatPath } from '../hocon/key-path.ts';
import { nearestKey } from '../nearest-key.ts';
import { findKey, isKeySection } from '../schema/key-table.ts';
import { isSection } from '../setting-tree.ts';
import { canonicalPath } from './definitions.ts';
import type { TextChange } from './edit-config-text.ts';
import { checkWritable } from './file-notation.ts';

/**
 * Brings what somebody asks for into one form: paths in the spelling of the schema, a section taken apart into its
 * keys, null as "remove", and of two values for one key the later.
 * @throws ConfigError with every key that does not exist (KEY_UNKNOWN) or that no file can hold
 */
export function requestedChanges(changes: readonly TextChange[]): readonly TextChange[] {
  const problems: ConfigProblem[] = [];
  const found = new Map<string, TextChange>();
  const add = ({ path: asked, value }: TextChange): void => {
    const path = canonicalPath([], asked);
    if (findKey(path) === undefined && isKeySection(path) && isSection(value)) {
      for (const [name, member] of Object.entries(value as EffectiveTree))
        add({ path: [...path, name], value: member });
      return;
    }
    const isKnown = findKey(path) !== undefined || (isKeySection(path) && (value ?? undefined) === undefined);
    if (!isKnown) problems.push(unknownKey(path));
    found.delete(formatPath(path));
    found.set(formatPath(path), { path, value: value ?? undefined });
  };
  for (const change of changes) {
    try {
      checkWritable(change.path, change.value);
      add(change);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...error.problems);
    }
  }
  const [first, ...others] = problems;
  if (first !== undefined) throw new ConfigError([first, ...others]);
  return [...found.values()];
}

function unknownKey(path: readonly string[]): ConfigProblem {
  const code: ConfigErrorCode = 'KEY_UNKNOWN';
  const key = formatPath(path);
  const nearest = path.length === 0 ? undefined : nearestKey(path);
  const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`;
  return { code, origin: { kind: 'change' }, key, message: `${key}: ${CONFIG_ERRORS[code]}${hint}` };
}
