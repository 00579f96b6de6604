import { CONFIG_ERRORS, ConfigError, type ConfigErrorCode } from '../config-error.ts';
import type { EffectiveValue } from '../effective-tree.ts';
import { MAX_NESTING } from '../hocon/cursor.ts';
import { formatPath, isForbiddenName } from '../hocon/key-path.ts';
import { formatDuration } from '../schema/duration.ts';
import { findKey } from '../schema/key-table.ts';
import { formatSize } from '../schema/size.ts';
import { isSection } from '../setting-tree.ts';
import { encodeText, encodeValue } from './encode-value.ts';

/**
 * The text of a value as it stands in a file: durations and sizes with their units, everything else as JSON.
 * @throws ConfigError VALUE_INVALID, KEY_FORBIDDEN, NESTING_TOO_DEEP for what no file can hold
 */
export function fileNotation(path: readonly string[], value: EffectiveValue, isJson: boolean): string {
  checkWritable(path, value);
  const written = withUnit(path, value);
  if (written === value) return encodeValue(value);
  // Digits and letters only, so that it needs no quotes except in JSON.
  return isJson ? encodeText(String(written)) : String(written);
}

/** A duration or size, given as a number, with its unit; any other value as it is. */
export function withUnit(path: readonly string[], value: EffectiveValue): EffectiveValue {
  const type = findKey(path)?.type;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) return value;
  if (type === 'duration') return formatDuration(value);
  return type === 'size' && value > 0 ? formatSize(value) : value;
}

/** @throws ConfigError VALUE_INVALID, KEY_FORBIDDEN, NESTING_TOO_DEEP for what no file can hold */
export function checkWritable(path: readonly string[], value: EffectiveValue | undefined): void {
  for (const name of path) if (isForbiddenName(name)) refuse('KEY_FORBIDDEN', path);
  if (path.length > MAX_NESTING) refuse('NESTING_TOO_DEEP', path);
  if (typeof value === 'number' && !Number.isFinite(value)) refuse('VALUE_INVALID', path);
  if (Array.isArray(value)) for (const [index, item] of value.entries()) checkWritable([...path, String(index)], item);
  else if (isSection(value)) {
    for (const [name, member] of Object.entries(value)) checkWritable([...path, name], member as EffectiveValue);
  }
}

function refuse(code: ConfigErrorCode, path: readonly string[]): never {
  const key = formatPath(path);
  throw new ConfigError([{ code, origin: { kind: 'change' }, key, message: `${key}: ${CONFIG_ERRORS[code]}` }]);
}
