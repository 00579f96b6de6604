import { Note } from './note.ts';

/** Rows that were shown one after the other, and their text. */
interface KeptBatch<T> {
  readonly rows: readonly T[];
  readonly text: string;
}

/** Turns rows, at least one, into JSON text, with commas between them. @param rowOf  what is shown of a row */
export function jsonRows<T>(rowOf: (row: T) => unknown): (rows: readonly T[]) => string {
  return (rows) => JSON.stringify(rows.map(rowOf)).slice(1, -1);
}

/**
 * Does as `jsonRows`, and keeps the text on the rows for when the same objects are shown again: JSON is most of what a
 * polled list costs. Texts of batches are kept beside those of rows, since strings put together are garbage.
 */
export function keptJsonRows<T extends object>(rowOf: (row: T) => object): (rows: readonly T[]) => string {
  const texts = new Note<T, string>();
  const batches = new Note<T, KeptBatch<T>>();
  const textOf = (row: T): string => {
    const kept = texts.get(row);
    if (kept !== undefined) return kept;
    const text = JSON.stringify(rowOf(row));
    texts.set(row, text);
    return text;
  };
  return (rows) => {
    const [first] = rows as readonly [T, ...T[]];
    const kept = batches.get(first);
    if (kept !== undefined && areSame(kept.rows, rows)) return kept.text;
    const text = rows.map(textOf).join(',');
    // Lists shift, and any row comes first one day: what began with one of these before is not shown any more.
    for (const row of rows) if (batches.get(row) !== undefined) batches.take(row);
    // A copy: where arrays are made that lived long, V8 makes all later ones in the old generation.
    batches.set(first, { rows: rows.slice(), text });
    return text;
  };
}

function areSame<T>(left: readonly T[], right: readonly T[]): boolean {
  if (left.length !== right.length) return false;
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return false;
  return true;
}
