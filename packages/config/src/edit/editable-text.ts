import { ConfigError } from '../config-error.ts';
import { parseDocument } from '../hocon/document-parser.ts';
import type { SectionNode } from '../hocon/syntax-tree.ts';
import { type Definitions, definitionsIn, isWithin } from './definitions.ts';
import { appendEntry, entryText, insertEntry } from './insert-entry.ts';
import { removeEntry } from './remove-entry.ts';
import { SourceText, type TextEdit } from './source-text.ts';

/** A text to edit and what it defines. */
export class EditableText {
  readonly #source: SourceText;
  readonly #root: SectionNode;
  readonly #definitions: Definitions;
  readonly #isJson: boolean;

  /** @throws ConfigError when the text cannot be parsed */
  constructor(original: string) {
    this.#source = new SourceText(original);
    this.#root = parseDocument('<text>', this.#source.normalised);
    this.#definitions = definitionsIn(this.#root);
    this.#isJson = isJson(original);
  }

  /** The text with the last definition of `path` given another value; undefined when it has no definition. */
  replaced(path: readonly string[], value: string): string | undefined {
    const last = this.#definitions.fields.findLast((definition) => isSame(definition.path, path));
    if (last === undefined) return undefined;
    const { span, append } = last.field;
    const isPlain = !append && this.#source.normalised.slice(span.keyEnd, span.valueStart).trim() !== '';
    // Of `key { }` and `key += v` the sign between key and value must change as well.
    const edit = isPlain
      ? { start: span.valueStart, end: span.end, text: value }
      : { start: span.keyEnd, end: span.end, text: `${this.#isJson ? ':' : ' ='} ${value}` };
    return this.#source.with([edit]);
  }

  /** The text with a new entry in the innermost section of `path` that stands there; undefined when none does. */
  inserted(path: readonly string[], value: string): string | undefined {
    const around = this.#definitions.sections.filter(
      (place) => path.length > place.path.length && isWithin(path, place.path),
    );
    const depth = Math.max(0, ...around.map((place) => place.path.length));
    const place = around.findLast((candidate) => candidate.path.length === depth);
    return place && this.#source.with(this.#insertion(place.section, path.slice(depth), value));
  }

  /** The text with a new entry at its end, where it wins over everything before it. */
  appended(path: readonly string[], value: string): string {
    const { normalised } = this.#source;
    if (this.#root.open !== -1) return this.#source.with(this.#insertion(this.#root, path, value));
    return this.#source.with([appendEntry(normalised, entryText(path, value, false))]);
  }

  /** The text without any definition of `path` and what is in it; undefined when there is none or it cannot be done. */
  removed(path: readonly string[]): string | undefined {
    const first = this.#definitions.fields.find((definition) => isWithin(definition.path, path));
    if (first === undefined) return undefined;
    // One at a time: two entries in a line share a comma.
    const rest = this.#source.with([removeEntry(this.#source.normalised, first.field.span, this.#isJson)]);
    const next = tryParse(rest);
    return next === undefined || !next.defines(path) ? next && rest : next.removed(path);
  }

  /** Does this text itself say something about `path` or what is in it? */
  defines(path: readonly string[]): boolean {
    return this.#definitions.fields.some((definition) => isWithin(definition.path, path));
  }

  #insertion(section: SectionNode, path: readonly string[], value: string): readonly TextEdit[] {
    const entry = entryText(path, value, this.#isJson);
    return insertEntry(this.#source.normalised, section, entry, this.#isJson);
  }
}

function tryParse(text: string): EditableText | undefined {
  try {
    return new EditableText(text);
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && isWithin(a, b);
}

/** Is this plain JSON, which an edit must leave as such? */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text.replace(/^\ufeff/, ''));
    return true;
  } catch {
    return false;
  }
}
