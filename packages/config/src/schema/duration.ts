const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Reads `10s`, `500ms`, `1.5h` (case and blanks before the unit do not matter).
 * NanoMQ takes only the first letter of the unit, so that its `10ms` is ten minutes; here it is ten milliseconds.
 * @returns milliseconds, or undefined when it is not a duration; a bare number other than 0 is none
 */
export function parseDuration(found: unknown): number | undefined {
  if (found === 0 || found === '0') return 0;
  if (typeof found !== 'string') return undefined;
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/i.exec(found.trim());
  const unit = UNITS[match?.[2]?.toLowerCase() ?? ''];
  return match === null || unit === undefined ? undefined : Math.round(Number(match[1]) * unit);
}

/** Milliseconds in the largest unit that divides them: `90000` is `90s`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s';
  const [name, factor] = Object.entries(UNITS).findLast(([, unit]) => ms % unit === 0) ?? ['ms', 1];
  return `${ms / factor}${name}`;
}
