import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeControls } from '../../src/log/control-characters.ts';

describe('escapeControls', () => {
  it.each([
    ['line feed', 'a\nb', 'a\\u000ab'],
    ['carriage return', 'a\rb', 'a\\u000db'],
    ['escape, which begins terminal commands', '\u001b[2J', '\\u001b[2J'],
    ['DEL', 'a\u007f', 'a\\u007f'],
    ['C1 CSI, a terminal command in one character', '\u009b2J', '\\u009b2J'],
    ['line separator', 'a\u2028b', 'a\\u2028b'],
    ['right-to-left override', 'a\u202eb', 'a\\u202eb'],
    ['NUL', '\u0000', '\\u0000'],
  ])('escapes %s', (_, text, expected) => {
    expect(escapeControls(text)).toBe(expected);
  });

  it.each(['sensor/1', 'größe/温度', '🌡', 'tab-free text: "quoted" \\ backslash'])('leaves %s as it is', (text) => {
    expect(escapeControls(text)).toBe(text);
  });

  it('keeps the meaning of every JSON text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(JSON.parse(escapeControls(JSON.stringify(text)))).toBe(text);
      }),
    );
  });
});
