import { Cursor } from './cursor.ts';
import { atInclude, readInclude } from './include-statement.ts';
import { readKeyPath } from './key-path.ts';
import { joinParts, type ValuePart } from './plain-value.ts';
import { readQuoted } from './quoted-text.ts';
import { readSubstitution } from './substitution.ts';
import type { FieldNode, ListNode, MemberNode, SectionNode, ValueNode } from './syntax-tree.ts';
import { readUnquoted, type WordContext } from './unquoted-text.ts';

/**
 * Parses one file: HOCON with or without outer braces, plain JSON included. Nothing is looked up or read here.
 * @param file  its name, for positions
 * @param text  its text; an empty one is an empty section
 * @throws ConfigError with the place
 */
export function parseDocument(file: string, text: string): SectionNode {
  const cursor = new Cursor(file, text);
  cursor.skipTrivia();
  if (cursor.peek() === '[') cursor.fail('ROOT_NOT_OBJECT');
  if (cursor.peek() !== '{') {
    const members = readMembers(cursor, '');
    return { kind: 'section', at: cursor.position(0), open: -1, close: text.length, members };
  }
  const root = readSection(cursor);
  cursor.skipTrivia();
  if (!cursor.atEnd) cursor.fail('SYNTAX_UNEXPECTED', `found ${cursor.found} after the end of the outer section`);
  return root;
}

/** Reads `{ ... }`; the cursor stands on the brace. */
function readSection(cursor: Cursor): SectionNode {
  const open = cursor.index++;
  const members = cursor.nested(() => readMembers(cursor, '}'));
  const close = cursor.index++;
  return { kind: 'section', at: cursor.position(open), open, close, members };
}

/** Reads `[ ... ]`; the cursor stands on the bracket. Items are separated by commas or new lines. */
function readList(cursor: Cursor): ListNode {
  const start = cursor.index++;
  const items: ValueNode[] = [];
  cursor.nested(() => {
    for (cursor.skipTrivia(); cursor.peek() !== ']'; skipSeparator(cursor)) {
      if (cursor.atEnd) cursor.fail('SYNTAX_UNEXPECTED', 'this list is not closed', start);
      if (cursor.peek() === '}') cursor.fail('SYNTAX_UNEXPECTED', `found ${cursor.found} in a list`);
      items.push(readValue(cursor).node);
    }
  });
  cursor.index++;
  return { kind: 'list', at: cursor.position(start), items };
}

function readMembers(cursor: Cursor, closing: '}' | ''): MemberNode[] {
  const start = Math.max(0, cursor.index - 1);
  const members: MemberNode[] = [];
  for (cursor.skipTrivia(); cursor.peek() !== closing; skipSeparator(cursor)) {
    if (cursor.atEnd) cursor.fail('SYNTAX_UNEXPECTED', 'this section is not closed', start);
    if (['}', ']'].includes(cursor.peek())) cursor.fail('SYNTAX_UNEXPECTED', `this ${cursor.found} closes nothing`);
    members.push(atInclude(cursor) ? readInclude(cursor) : readField(cursor));
  }
  return members;
}

function skipSeparator(cursor: Cursor): void {
  const before = cursor.index;
  cursor.skipTrivia();
  if (cursor.peek() === ',') {
    cursor.index++;
    cursor.skipTrivia();
    return;
  }
  const isSeparated = cursor.text.slice(before, cursor.index).includes('\n');
  if (isSeparated || cursor.atEnd || cursor.peek() === '}' || cursor.peek() === ']') return;
  cursor.fail('SYNTAX_UNEXPECTED', `found ${cursor.found}; a comma or a new line is missing`);
}

function readField(cursor: Cursor): FieldNode {
  const start = cursor.index;
  const path = readKeyPath(cursor);
  const keyEnd = cursor.index;
  cursor.skipTrivia();
  const append = cursor.startsWith('+=');
  if (append) {
    cursor.index += 2;
  } else if (cursor.peek() === '=' || cursor.peek() === ':') {
    cursor.index++;
  } else if (cursor.peek() !== '{') {
    cursor.fail(
      'SYNTAX_UNEXPECTED',
      'after a key, "=", ":" or "{" must follow; a key with blanks needs quotes',
      keyEnd,
    );
  }
  cursor.skipTrivia();
  const valueStart = cursor.index;
  const { node, end } = readValue(cursor);
  const span = { start, keyEnd, valueStart, end };
  return { kind: 'field', at: cursor.position(start), path, append, value: node, span };
}

/** Reads what stands after `=`, up to the comma, the line end, the closing bracket or a comment. */
function readValue(cursor: Cursor): { readonly node: ValueNode; readonly end: number } {
  const at = cursor.position();
  const parts: ValuePart[] = [];
  let end = cursor.index;
  for (;;) {
    const gap = cursor.takeBlanks();
    if (isValueEnd(cursor)) break;
    parts.push(readPart(cursor, parts.at(-1), parts.length === 0 ? '' : gap));
    end = cursor.index;
  }
  if (parts.length === 0) cursor.fail('SYNTAX_UNEXPECTED', `a value is missing, found ${cursor.found}`);
  return { node: joinParts(at, parts), end };
}

function isValueEnd(cursor: Cursor): boolean {
  return ['', '\n', ',', '}', ']'].includes(cursor.peek()) || cursor.atComment;
}

function readPart(cursor: Cursor, before: ValuePart | undefined, gap: string): ValuePart {
  const c = cursor.peek();
  if (c === '{') return { gap, node: readSection(cursor), isWord: false };
  if (c === '[') return { gap, node: readList(cursor), isWord: false };
  if (c === '$' && cursor.peek(1) === '{') return { gap, node: readSubstitution(cursor), isWord: false };
  if (before === undefined && atInclude(cursor)) return { gap, node: readInclude(cursor), isWord: false };
  const at = cursor.position();
  const isWord = c !== '"';
  const text = isWord ? readUnquoted(cursor, wordContext(before, gap)) : readQuoted(cursor);
  return { gap, node: { kind: 'scalar', at, value: text, text }, isWord };
}

function wordContext(before: ValuePart | undefined, gap: string): WordContext {
  if (before === undefined) return 'first';
  if (gap !== '') return 'after-blank';
  return before.node.kind === 'substitution' ? 'after-substitution' : 'after-value';
}
