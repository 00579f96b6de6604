import type { SectionNode } from '../hocon/syntax-tree.ts';
import { encodePath, encodeText } from './encode-value.ts';
import type { TextEdit } from './source-text.ts';

/** `path = value`, or for a file that is JSON `"a": {"b": value}`. @param value  written already */
export function entryText(path: readonly string[], value: string, isJson: boolean): string {
  if (!isJson) return `${encodePath(path)} = ${value}`;
  const [first = '', ...rest] = path;
  return `${encodeText(first)}: ${rest.length === 0 ? value : `{${entryText(rest, value, isJson)}}`}`;
}

/** Puts an entry at the end of a file without outer braces, on a line of its own. */
export function appendEntry(text: string, entry: string): TextEdit {
  const isLineOpen = text !== '' && !text.endsWith('\n');
  return { start: text.length, end: text.length, text: `${isLineOpen ? '\n' : ''}${entry}\n` };
}

/**
 * Puts an entry at the end of a section in braces: on a line of its own with the indentation of the others, or in the
 * line where the section is all on one line.
 */
export function insertEntry(text: string, section: SectionNode, entry: string, isJson: boolean): readonly TextEdit[] {
  const lineStart = text.lastIndexOf('\n', section.close - 1) + 1;
  const before = text.slice(lineStart, section.close);
  if (lineStart <= section.open || before.trim() !== '') return [insertInLine(text, section, entry)];
  const indent = indentOfMembers(text, section) ?? `${before}  `;
  const line = { start: lineStart, end: lineStart, text: `${indent}${entry}\n` };
  const last = section.members.at(-1);
  return isJson && last?.kind === 'field' ? [{ start: last.span.end, end: last.span.end, text: ',' }, line] : [line];
}

function insertInLine(text: string, { open, close }: SectionNode, entry: string): TextEdit {
  const content = text.slice(open + 1, close).trimEnd();
  if (content === '') return { start: open + 1, end: close, text: ` ${entry} ` };
  const at = open + 1 + content.length;
  return { start: at, end: at, text: content.endsWith(',') ? ` ${entry}` : `, ${entry}` };
}

/** The blanks before the last member that begins its line. */
function indentOfMembers(text: string, section: SectionNode): string | undefined {
  const fields = section.members.filter((member) => member.kind === 'field');
  for (const { span } of fields.toReversed()) {
    const indent = text.slice(text.lastIndexOf('\n', span.start - 1) + 1, span.start);
    if (indent.trim() === '') return indent;
  }
  return undefined;
}
