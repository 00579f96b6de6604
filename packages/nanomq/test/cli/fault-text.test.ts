import { describe, expect, it } from 'vitest';
import { faultText } from '../../src/cli/fault-text.ts';

describe('faultText', () => {
  it.each([
    ['hides a login', new Error('to mqtt://joe:canary@h'), /^Error: to mqtt:\/\/\*{6}@h\n {4}at /],
    ['escapes controls, keeps lines', new Error('a\u001b[2Jb'), /^Error: a\\u001b\[2Jb\n {4}at .*fault-text\.test\.ts/],
    ['shows what is no error', 'odd', /^odd$/],
    ['shows nothing', undefined, /^undefined$/],
  ])('%s', (_, error, expected) => {
    expect(faultText(error)).toMatch(expected);
  });
});
