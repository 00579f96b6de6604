/** Longest label value; a listener's name comes from the configuration. */
const MAX_LENGTH = 64;

/**
 * Values by label with at most `limit` labels of their own; the rest is added up as `other`. The largest values keep
 * their labels, so that a scrape never grows with what is configured.
 */
export function boundedLabels(
  values: Readonly<Record<string, number>>,
  limit: number,
): readonly (readonly [label: string, value: number])[] {
  const sums = new Map<string, number>();
  for (const [name, value] of Object.entries(values)) {
    const label = printable(name);
    sums.set(label, (sums.get(label) ?? 0) + value);
  }
  const sorted = [...sums].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  if (sorted.length <= limit) return sorted;
  const others = sorted.slice(limit).reduce((sum, [, value]) => sum + value, 0);
  return [...sorted.slice(0, limit), ['other', others]];
}

/** The text format has escapes for quotes, backslashes and line feeds alone. */
function printable(name: string): string {
  return name.replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '_').slice(0, MAX_LENGTH);
}
