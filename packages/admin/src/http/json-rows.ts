import { Note } from './note.ts';

/** Turns rows, at least one, into JSON text, with commas between them. @param rowOf  what is shown of a row */
export function jsonRows<T>(rowOf: (row: T) => unknown): (rows: readonly T[]) => string {
  return (rows) => JSON.stringify(rows.map(rowOf)).slice(1, -1);
}

/**
 * Does as `jsonRows`, and keeps the text on the rows and on the array for when the same ones are shown again: JSON is
 * most of what a polled list costs. Neither may be changed.
 */
export function keptJsonRows<T extends object>(rowOf: (row: T) => object): (rows: readonly T[]) => string {
  const textOfRow = keptText((row: T) => JSON.stringify(rowOf(row)));
  return keptText((rows) => rows.map(textOfRow).join(','));
}

function keptText<T extends object>(textOf: (shown: T) => string): (shown: T) => string {
  const texts = new Note<T, string>();
  return (shown) => {
    const kept = texts.get(shown);
    if (kept !== undefined) return kept;
    const text = textOf(shown);
    texts.set(shown, text);
    return text;
  };
}
