import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatConsoleLine } from '../../src/log/console-format.ts';

const record = (fields: Readonly<Record<string, unknown>>, msg = 'text') =>
  `${JSON.stringify({ level: 'warn', time: '2026-01-02T03:04:05.678Z', ...fields, msg })}\n`;

describe('formatConsoleLine', () => {
  it.each([
    ['no fields', {}, 'text'],
    ['plain values without quotes', { clientId: 'c-1', port: 1883, on: true }, 'text clientId=c-1 port=1883 on=true'],
    ['a value with a space in quotes', { reason: 'not now' }, 'text reason="not now"'],
    ['an empty value in quotes', { clientId: '' }, 'text clientId=""'],
    ['a value that looks like a field in quotes', { clientId: 'a b=c' }, 'text clientId="a b=c"'],
    ['an equals sign in quotes', { clientId: 'b=c' }, 'text clientId="b=c"'],
    ['a quote escaped', { clientId: 'a"b' }, 'text clientId="a\\"b"'],
    ['sections as JSON', { err: { code: 'E' } }, 'text err={"code":"E"}'],
    ['a strange name in quotes', { 'a b': 1 }, 'text "a b"=1'],
  ])('shows %s', (_, fields, expected) => {
    expect(formatConsoleLine(record(fields))).toBe(`2026-01-02T03:04:05.678Z WARN  ${expected}\n`);
  });

  it.each([
    ['a forged line in a field', { clientId: 'x\n2026-01-02T03:04:05.678Z INFO  all is well' }, 'text'],
    ['a forged line in the text', {}, 'x\r\nforged'],
    ['a terminal command in a field', { topicName: '\u001b]0;owned\u0007' }, 'text'],
    ['a terminal command of one character', { topicName: '\u009b2J' }, 'text'],
  ])('lets no control through: %s', (_, fields, text) => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: no control but the last line feed may be there
    expect(formatConsoleLine(record(fields, text))).toMatch(/^[^\u0000-\u001f\u007f-\u009f]+\n$/);
  });

  it('passes on, escaped, what is no record', () => {
    expect(formatConsoleLine('not {json}\u001b\n')).toBe('not {json}\\u001b\n');
    expect(formatConsoleLine('null')).toBe('null\n');
  });

  it('makes exactly one line of whatever the fields hold', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })), (fields) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: no control but the last line feed may be there
        expect(formatConsoleLine(record(fields))).toMatch(/^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]+\n$/);
      }),
    );
  });
});
