const UNITS: Readonly<Record<string, number>> = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };

/**
 * Reads `256MB`, `64k`, `1.5MB` or a bare number of bytes; units are factors of 1024, case does not matter.
 * @returns bytes, or undefined when it is not a size
 */
export function parseSize(found: unknown): number | undefined {
  if (typeof found === 'number') return Number.isInteger(found) && found >= 0 ? found : undefined;
  if (typeof found !== 'string') return undefined;
  const match = /^(\d+(?:\.\d+)?)\s*([KMG]?B?)$/i.exec(found.trim());
  if (match === null) return undefined;
  const letter = (match[2] ?? '').toUpperCase();
  const unit = UNITS[letter === '' || letter.endsWith('B') ? letter || 'B' : `${letter}B`];
  return unit === undefined ? undefined : Math.round(Number(match[1]) * unit);
}

/** Bytes in the largest unit that divides them: `1048576` is `1MB`. */
export function formatSize(bytes: number): string {
  if (bytes === 0) return '0';
  const [name, factor] = Object.entries(UNITS).findLast(([, unit]) => bytes % unit === 0) ?? ['B', 1];
  return `${bytes / factor}${name}`;
}
