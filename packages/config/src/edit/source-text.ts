import { normaliseText } from '../hocon/source-reader.ts';

/** Puts `text` in the place of `[start, end)`; indexes are those of the normalised text. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * A configuration text as its user wrote it, beside the form the parser reads: without byte order mark, lines ending in
 * `\n`. Edits keep both, also where a file mixes line ends.
 */
export class SourceText {
  readonly original: string;
  readonly normalised: string;
  /** What a line end of this file is: that of its first line. */
  readonly #lineEnd: '\n' | '\r\n';
  readonly #markLength: number;
  /** Normalised indexes of the `\n` that were `\r\n`. */
  readonly #pairs: readonly number[];

  constructor(original: string) {
    this.original = original;
    this.normalised = normaliseText(original);
    this.#markLength = original.startsWith('\ufeff') ? 1 : 0;
    this.#lineEnd = /^[^\n]*\r\n/.test(original) ? '\r\n' : '\n';
    this.#pairs = pairsIn(original.slice(this.#markLength));
  }

  /** The original with some edits, which must not overlap. */
  with(edits: readonly TextEdit[]): string {
    let text = this.original;
    for (const edit of edits.toSorted((a, b) => b.start - a.start)) {
      const inserted = edit.text.replaceAll('\n', this.#lineEnd);
      text = text.slice(0, this.#toOriginal(edit.start)) + inserted + text.slice(this.#toOriginal(edit.end));
    }
    return text;
  }

  #toOriginal(index: number): number {
    let low = 0;
    let high = this.#pairs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#pairs[middle] ?? 0) < index) low = middle + 1;
      else high = middle;
    }
    return this.#markLength + index + low;
  }
}

function pairsIn(text: string): number[] {
  const pairs: number[] = [];
  for (let at = text.indexOf('\r\n'); at !== -1; at = text.indexOf('\r\n', at + 2)) pairs.push(at - pairs.length);
  return pairs;
}
