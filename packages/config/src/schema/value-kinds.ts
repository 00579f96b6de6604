import { z } from 'zod';
import { formatDuration, parseDuration } from './duration.ts';
import type { ValueKind } from './setting.ts';
import { formatSize, parseSize } from './size.ts';

/** Why a value is not taken; the loader adds key, place and what was found. */
export type Refusal = { readonly code: 'VALUE_INVALID' | 'VALUE_OUT_OF_RANGE'; readonly allowed: string };

/** Makes a zod type from a reading function that returns a value or why not. */
export function readWith<T>(type: string, read: (found: unknown) => { readonly value: T } | Refusal): ValueKind<T> {
  const schema = z.unknown().transform((found, context): T => {
    const result = read(found);
    if ('value' in result) return result.value;
    context.addIssue({ code: 'custom', message: result.allowed, params: { code: result.code } });
    return z.NEVER;
  });
  return { type, schema };
}

/** A number in `[min, max]`; `whole` ones only unless told. `zeroMeansDefault`: NanoMQ ignores a 0 there. */
export function number(limits: {
  readonly min: number;
  readonly max: number;
  readonly fraction?: boolean;
  readonly zeroMeans?: number;
}): ValueKind<number> {
  const noun = limits.fraction ? 'a number' : 'a whole number';
  const allowed = `${noun} from ${limits.min} to ${limits.max}`;
  return readWith('number', (found) => {
    const value = toNumber(found);
    if (value === undefined || (!limits.fraction && !Number.isInteger(value)))
      return { code: 'VALUE_INVALID', allowed };
    if (value === 0 && limits.zeroMeans !== undefined) return { value: limits.zeroMeans };
    return value < limits.min || value > limits.max ? { code: 'VALUE_OUT_OF_RANGE', allowed } : { value };
  });
}

/** `true` or `false`, quoted or not; `yes` and `no` as NanoMQ takes them from the environment. */
export const bool: ValueKind<boolean> = readWith('true or false', (found) => {
  if (typeof found === 'boolean') return { value: found };
  const word = typeof found === 'string' ? found.toLowerCase() : '';
  if (word === 'true' || word === 'yes') return { value: true };
  if (word === 'false' || word === 'no') return { value: false };
  return { code: 'VALUE_INVALID', allowed: 'true or false' };
});

/** One of some words, without regard to case. */
export function word<const T extends string>(words: readonly T[]): ValueKind<T> {
  return readWith(words.map((w) => `\`${w}\``).join(', '), (found) => {
    const value = words.find((w) => typeof found === 'string' && w.toLowerCase() === found.toLowerCase());
    return value === undefined ? { code: 'VALUE_INVALID', allowed: `one of ${words.join(', ')}` } : { value };
  });
}

/** Any text; a number or boolean is taken as it was written (the loader hands over the written form). */
export const text: ValueKind<string> = readWith('text', (found) =>
  typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean'
    ? { value: String(found) }
    : { code: 'VALUE_INVALID', allowed: 'text' },
);

/** A duration in milliseconds: number and unit; 0 alone needs none. */
export function duration(limits: { readonly minMs: number; readonly maxMs: number }): ValueKind<number> {
  const range = `from ${formatDuration(limits.minMs)} to ${formatDuration(limits.maxMs)}`;
  const allowed = `a duration with unit (ms, s, m, h, d) ${range}, such as 10s`;
  return readWith('duration', (found) => {
    const value = parseDuration(found);
    if (value === undefined) return { code: 'VALUE_INVALID', allowed };
    return value < limits.minMs || value > limits.maxMs ? { code: 'VALUE_OUT_OF_RANGE', allowed } : { value };
  });
}

/** A size in bytes: a number alone is bytes, the units are factors of 1024. */
export function size(limits: { readonly min: number; readonly max: number }): ValueKind<number> {
  const range = `from ${formatSize(limits.min)} to ${formatSize(limits.max)}`;
  const allowed = `a size (B, KB, MB, GB) ${range}, such as 256KB`;
  return readWith('size', (found) => {
    const value = parseSize(found);
    if (value === undefined) return { code: 'VALUE_INVALID', allowed };
    return value < limits.min || value > limits.max ? { code: 'VALUE_OUT_OF_RANGE', allowed } : { value };
  });
}

function toNumber(found: unknown): number | undefined {
  if (typeof found === 'number') return found;
  // A substituted environment variable or a quoted number is text.
  if (typeof found !== 'string' || !/^[+-]?\d+(\.\d+)?$/.test(found.trim())) return undefined;
  return Number(found);
}
