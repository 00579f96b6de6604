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
  if (changes.length === 0) return text;
  // Nearly always the first edit that comes to mind is right for every key; then one look at the end is enough.
  return editTogether(text, changes, surroundings) ?? editSingly(text, changes, surroundings);
}

/** A change as the text has it before and is to have it afterwards. */
interface Wish {
  readonly path: readonly string[];
  readonly written: string | undefined;
  readonly expected: unknown;
  readonly isSet: boolean;
  readonly isWhole: boolean;
}

function wishOf(change: TextChange, before: unknown, isInJson: boolean): Wish {
  const path = canonicalPath([], change.path);
  const value = change.value ?? undefined;
  const written = value === undefined ? undefined : fileNotation(path, value, isInJson);
  const expected = written === undefined ? undefined : readBack(written);
  return { path, written, expected, isSet: at(before, path) !== undefined, isWhole: isSection(value) };
}

/** @returns undefined when the result is not exactly what was asked for */
function editTogether(
  text: string,
  changes: readonly TextChange[],
  surroundings: TextSurroundings,
): string | undefined {
  const before = valuesOf(text, surroundings);
  const isInJson = isJson(text);
  const wishes = changes.map((change) => wishOf(change, before, isInJson));
  const edited = orUndefined(() => wishes.reduce((soFar, wish) => candidates(soFar, wish).next().value ?? soFar, text));
  const after = edited === undefined ? undefined : tryValuesOf(edited, surroundings);
  const others = (values: unknown) => wishes.reduce((rest, { path }) => withoutPath(rest, path), values);
  const isRight = wishes.every(({ path, expected }) => isDeepStrictEqual(at(after, path), expected));
  return isRight && isDeepStrictEqual(others(after), others(before)) ? edited : undefined;
}

function editSingly(text: string, changes: readonly TextChange[], surroundings: TextSurroundings): string {
  return changes.reduce((edited, change) => editOne(edited, change, surroundings), text);
}

function editOne(text: string, change: TextChange, surroundings: TextSurroundings): string {
  const before = valuesOf(text, surroundings);
  const wish = wishOf(change, before, isJson(text));
  const { path, expected } = wish;
  const others = withoutPath(before, path);
  let fallback: string | undefined;
  for (const candidate of candidates(text, wish)) {
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

/** The texts to try, the best first. A section as a value would merge with what stands there already. */
function* candidates(text: string, { path, written, isSet, isWhole }: Wish): Generator<string> {
  const editable = new EditableText(text);
  if (written === undefined) {
    const removed = editable.removed(path);
    if (removed !== undefined) yield removed;
    else if (!isSet) yield text;
    yield editable.appended(path, 'null');
    return;
  }
  if (isWhole && isSet) {
    const removed = editable.removed(path);
    const rest = removed === undefined ? editable : new EditableText(removed);
    yield rest.inserted(path, written) ?? rest.appended(path, written);
    yield new EditableText(rest.appended(path, 'null')).appended(path, written);
    return;
  }
  const replaced = editable.replaced(path, written);
  if (replaced !== undefined) yield replaced;
  else if (!isSet) yield editable.inserted(path, written) ?? editable.appended(path, written);
  yield editable.appended(path, written);
}

function valuesOf(text: string, { file, cwd, env }: TextSurroundings): unknown {
  return withoutNull(loadHocon({ text, name: file ?? '<text>', standsFor: file }, { cwd, env, canonicalKey }).root);
}

function tryValuesOf(text: string, surroundings: TextSurroundings): unknown {
  return orUndefined(() => valuesOf(text, surroundings));
}

/** Undefined where an edit went wrong, so that another one is tried. */
function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
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
