import { isDeepStrictEqual } from 'node:util';
import { CONFIG_ERRORS, ConfigError } from '../config-error.ts';
import type { EffectiveValue } from '../effective-tree.ts';
import { formatPath } from '../hocon/key-path.ts';
import { loadHocon } from '../hocon/load-hocon.ts';
import { canonicalKey } from '../schema/canonical-key.ts';
import { isSection } from '../setting-tree.ts';
import { canonicalPath } from './definitions.ts';
import { EditableText, isJson } from './editable-text.ts';
import { fileNotation } from './file-notation.ts';

/** One setting to write. */
export interface TextChange {
  readonly path: readonly string[];
  /** As in the effective tree; null and undefined remove the key. */
  readonly value: EffectiveValue | undefined;
}

/** What the text needs to be read: where its includes are and what its `${NAME}` may mean. */
export interface TextSurroundings {
  /** The file the text is the content of, relative to `cwd`. */
  readonly file?: string | undefined;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Writes settings into the text of a configuration file. Comments, order and formatting stay: a key that stands there
 * gets another value in its place, a new one goes into its section, and what comes from elsewhere (an include, a
 * substitution) is overridden at the end. Each step is read again and compared; nothing is written to any file.
 * @throws ConfigError when the text cannot be read, CHANGE_UNSAFE when no edit gives exactly what was asked for
 */
export function editConfigText(text: string, changes: readonly TextChange[], surroundings: TextSurroundings): string {
  return changes.reduce((edited, change) => editOne(edited, change, surroundings), text);
}

function editOne(text: string, change: TextChange, surroundings: TextSurroundings): string {
  const path = canonicalPath([], change.path);
  const before = valuesOf(text, surroundings);
  const value = change.value ?? undefined;
  const written = value === undefined ? undefined : fileNotation(path, value, isJson(text));
  const expected = written === undefined ? undefined : readBack(written);
  const others = withoutPath(before, path);
  const isSet = at(before, path) !== undefined;
  let fallback: string | undefined;
  for (const candidate of candidates(text, path, written, { isSet, isWhole: isSection(value) })) {
    const after = tryValuesOf(candidate, surroundings);
    if (after === undefined || !isDeepStrictEqual(at(after, path), expected)) continue;
    if (isDeepStrictEqual(withoutPath(after, path), others)) return candidate;
    // A key that refers to this one follows it; that is what its substitution is for.
    fallback ??= candidate;
  }
  if (fallback !== undefined) return fallback;
  const key = formatPath(path);
  const message = `${key}: ${CONFIG_ERRORS.CHANGE_UNSAFE}`;
  throw new ConfigError([{ code: 'CHANGE_UNSAFE', origin: { kind: 'change' }, key, message }]);
}

/** @param found.isWhole  the value is a section, which would merge with what stands there already */
function* candidates(
  text: string,
  path: readonly string[],
  written: string | undefined,
  found: { readonly isSet: boolean; readonly isWhole: boolean },
): Generator<string> {
  const editable = new EditableText(text);
  const removed = editable.removed(path);
  if (written === undefined) {
    if (removed !== undefined) yield removed;
    else if (!found.isSet) yield text;
    yield editable.appended(path, 'null');
    return;
  }
  if (found.isWhole && found.isSet) {
    const rest = removed === undefined ? editable : new EditableText(removed);
    yield rest.inserted(path, written) ?? rest.appended(path, written);
    yield new EditableText(rest.appended(path, 'null')).appended(path, written);
    return;
  }
  const replaced = editable.replaced(path, written);
  if (replaced !== undefined) yield replaced;
  else if (!found.isSet) yield editable.inserted(path, written) ?? editable.appended(path, written);
  yield editable.appended(path, written);
}

function valuesOf(text: string, { file, cwd, env }: TextSurroundings): unknown {
  return withoutNull(loadHocon({ text, name: file ?? '<text>', standsFor: file }, { cwd, env, canonicalKey }).root);
}

function tryValuesOf(text: string, surroundings: TextSurroundings): unknown {
  try {
    return valuesOf(text, surroundings);
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

function readBack(written: string): unknown {
  return at(valuesOf(`v = ${written}`, { cwd: '/', env: {} }), ['v']);
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce(
    (section, name) => (isSection(section) && Object.hasOwn(section, name) ? section[name] : undefined),
    value,
  );
}

/** `null` counts as not set. */
function withoutNull(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNull);
  if (!isSection(value)) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutNull(member)]));
}

/** Everything but the value at `path`; sections above it that hold nothing else do not count. */
function withoutPath(value: unknown, path: readonly string[]): unknown {
  const [first = '', ...rest] = path;
  if (!isSection(value)) return value;
  const { [first]: member, ...others } = value;
  const left = rest.length === 0 ? undefined : withoutPath(member, rest);
  const isEmpty = left === undefined || (isSection(left) && Object.keys(left).length === 0);
  return isEmpty ? others : { ...others, [first]: left };
}
