/** Longest label value; a listener's name comes from the configuration. */
const MAX_LENGTH = 64;

/**
 * Values by label with at most `limit` labels of their own; the rest is added up as `other`. The largest values keep
 * their labels, so that a scrape never grows with what is configured. With `lowest` it is the smallest values that keep
 * theirs, and `other` is the smallest of the rest: what matters of days to expiry.
 */
export function boundedLabels(
  values: Readonly<Record<string, number>>,
  limit: number,
  join: 'sum' | 'lowest' = 'sum',
): readonly (readonly [label: string, value: number])[] {
  const joined = new Map<string, number>();
  const both = join === 'sum' ? (a: number, b: number) => a + b : (a: number, b: number) => Math.min(a, b);
  for (const [name, value] of Object.entries(values)) {
    const label = printable(name);
    const before = joined.get(label);
    joined.set(label, before === undefined ? value : both(before, value));
  }
  const direction = join === 'sum' ? 1 : -1;
  const sorted = [...joined].sort(([a, x], [b, y]) => direction * (y - x) || (a < b ? -1 : 1));
  if (sorted.length <= limit) return sorted;
  const others = sorted.slice(limit).map(([, value]) => value);
  return [...sorted.slice(0, limit), ['other', others.reduce(both)]];
}

/** The text format has escapes for quotes, backslashes and line feeds alone. */
function printable(name: string): string {
  return name.replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '_').slice(0, MAX_LENGTH);
}
