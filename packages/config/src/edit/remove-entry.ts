import type { FieldSpan } from '../hocon/syntax-tree.ts';
import type { TextEdit } from './source-text.ts';

const LINE_REST = /[^\S\n]*/y;

/**
 * Takes an entry out of the text with the comma that belongs to it. A line that held nothing else goes as well; a
 * comment at its end stays, because it is the user's.
 */
export function removeEntry(text: string, { start, end }: FieldSpan, isJson: boolean): TextEdit {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const isFirstInLine = text.slice(lineStart, start).trim() === '';
  const comma = skipBlanks(text, end);
  const isFollowedByComma = text.charAt(comma) === ',';
  const after = skipBlanks(text, isFollowedByComma ? comma + 1 : end);
  const isLastInLine = after === text.length || text.charAt(after) === '\n';
  if (isFirstInLine && isLastInLine) {
    // HOCON may keep a comma before the closing bracket, JSON may not.
    const last = isJson && !isFollowedByComma ? commaBefore(text, lineStart) : undefined;
    if (last !== undefined) return { start: last, end: after, text: '' };
    return { start: lineStart, end: Math.min(after + 1, text.length), text: '' };
  }
  const last = isFollowedByComma || isFirstInLine ? undefined : commaBefore(text, start);
  return last === undefined ? { start, end: after, text: '' } : { start: last, end, text: '' };
}

function skipBlanks(text: string, at: number): number {
  LINE_REST.lastIndex = at;
  return at + (LINE_REST.exec(text)?.[0].length ?? 0);
}

/** The index of a comma directly before `at`, blanks and line ends apart. */
function commaBefore(text: string, at: number): number | undefined {
  const before = text.slice(0, at).trimEnd();
  return before.endsWith(',') ? before.length - 1 : undefined;
}
