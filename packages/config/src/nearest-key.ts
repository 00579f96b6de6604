import { KEY_TABLE } from './schema/key-table.ts';

/**
 * The known key the operator most likely meant.
 * First a neighbour with a slightly different name, then a key of the same or nearly the same name elsewhere.
 * @returns the full key or section, or undefined when nothing is near
 */
export function nearestKey(path: readonly string[]): string | undefined {
  const name = (path.at(-1) ?? '').toLowerCase();
  const parent = path.slice(0, -1);
  const neighbours = knownPaths().filter((known) => known.length === path.length && hasPrefix(known, parent));
  const nearest = nearestName(name, neighbours) ?? nearestName(name, knownPaths());
  return nearest?.map((element, index) => (element === '<name>' ? (path[index] ?? element) : element)).join('.');
}

/** The variable among `names` that is nearest to `name`, if one is near. */
export function nearestWord(name: string, names: readonly string[]): string | undefined {
  return nearestName(
    name,
    names.map((n) => [n]),
  )?.[0];
}

let paths: readonly (readonly string[])[] | undefined;

/** Every key and every section, once. */
function knownPaths(): readonly (readonly string[])[] {
  paths ??= [
    ...new Map(
      KEY_TABLE.flatMap(({ path }) => path.map((_, i) => path.slice(0, i + 1))).map((path) => [path.join('\0'), path]),
    ).values(),
  ];
  return paths;
}

function hasPrefix(known: readonly string[], parent: readonly string[]): boolean {
  return parent.every((name, index) => known[index] === name || known[index] === '<name>');
}

function nearestName(name: string, candidates: readonly (readonly string[])[]): readonly string[] | undefined {
  let best: readonly string[] | undefined;
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates) {
    const last = candidate.at(-1) ?? '';
    if (last === '<name>' || Math.abs(last.length - name.length) >= bestDistance) continue;
    const distance = editDistance(name, last);
    // Two names that share nothing are not near, however short they are.
    if (distance < bestDistance && distance < Math.max(name.length, last.length) / 2 + 0.5) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Levenshtein distance; two neighbouring letters swapped count once. */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + cost);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwap) best = Math.min(best, (before[j - 2] ?? 0) + 1);
      next.push(best);
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}
