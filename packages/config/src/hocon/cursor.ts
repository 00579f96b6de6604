import { type ConfigErrorCode, configError } from '../config-error.ts';
import type { Position } from '../origin.ts';

/** Blank characters except the newline: tab, CR, the Unicode space separators and the BOM. */
const BLANK = /[\t\v\f\r\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff ]/;

/** Most levels of sections, lists and dotted keys; a recursion bound, far above any real file. */
export const MAX_NESTING = 64;

/** Reads one file's text from left to right and knows the line and column of every index. */
export class Cursor {
  readonly file: string;
  readonly text: string;
  /** Index of the next character, in UTF-16 units. */
  index = 0;
  /** How many sections and lists are open. */
  #depth = 0;
  /** A quoted text that ran over a line end; named in later errors because a quote may be missing. */
  multilineQuote: Position | undefined;
  #lineStarts: number[] | undefined;

  /** @param text  the whole file, without byte order mark, lines ending in `\n` */
  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
  }

  /** The character `offset` places on, or '' past the end. */
  peek(offset = 0): string {
    return this.text.charAt(this.index + offset);
  }

  get atEnd(): boolean {
    return this.index >= this.text.length;
  }

  startsWith(prefix: string): boolean {
    return this.text.startsWith(prefix, this.index);
  }

  /** Is a comment next? */
  get atComment(): boolean {
    return this.peek() === '#' || this.startsWith('//');
  }

  /** Takes blanks on this line and returns them. */
  takeBlanks(): string {
    const start = this.index;
    while (!this.atEnd && BLANK.test(this.peek())) this.index++;
    return this.text.slice(start, this.index);
  }

  /** Skips blanks, newlines and comments. */
  skipTrivia(): void {
    for (;;) {
      this.takeBlanks();
      if (this.peek() === '\n') this.index++;
      else if (this.atComment) this.#skipLine();
      else return;
    }
  }

  /** Runs `read` one level deeper. @throws ConfigError NESTING_TOO_DEEP */
  nested<T>(read: () => T): T {
    if (++this.#depth > MAX_NESTING) this.fail('NESTING_TOO_DEEP');
    const result = read();
    this.#depth--;
    return result;
  }

  /** The place of `index` (by default of the next character). */
  position(index = this.index): Position {
    this.#lineStarts ??= findLineStarts(this.text);
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#lineStarts[middle] ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    return { file: this.file, line: low + 1, column: index - (this.#lineStarts[low] ?? 0) + 1 };
  }

  /** @throws ConfigError always, at `index` */
  fail(code: ConfigErrorCode, detail?: string, index = this.index): never {
    const quote = this.multilineQuote;
    const hint = quote && `the quoted text of line ${quote.line} runs over a line end, is a quote missing there?`;
    const details = [detail, hint].filter((text) => text !== undefined).join('; ');
    throw configError(code, { kind: 'file', ...this.position(index) }, details === '' ? undefined : details);
  }

  /** What stands at the cursor, for an error message. */
  get found(): string {
    if (this.atEnd) return 'the end of the file';
    return this.peek() === '\n'
      ? 'the end of the line'
      : `"${String.fromCodePoint(this.text.codePointAt(this.index)!)}"`;
  }

  #skipLine(): void {
    const end = this.text.indexOf('\n', this.index);
    this.index = end === -1 ? this.text.length : end;
  }
}

/** Is `c` a blank that does not end the line? */
export function isBlank(c: string): boolean {
  return BLANK.test(c);
}

function findLineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
