// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are HOCON, whose substitutions look so
import { expect, it } from 'vitest';
import { problemOf, valuesOf } from './hocon-helper.ts';

it.each<[string, string, unknown]>([
  ['every JSON escape', String.raw`"\"\\\/\b\f\n\r\t\u00e9"`, '"\\/\b\f\n\r\té'],
  ['a surrogate pair in escapes', String.raw`"\ud83d\ude00"`, '😀'],
  ['backslash n is a line end, where hocon-parser gives n', String.raw`"a\nb"`, 'a\nb'],
  ['a raw line end is kept', '"a\nb"', 'a\nb'],
  ['a substitution inside quotes is text', '"dev/${clientid}/#"', 'dev/${clientid}/#'],
  ['comment signs inside quotes are text', '"http://x/#/y"', 'http://x/#/y'],
  ['triple quotes have no escapes', '"""a\\n"b" ${x}\nc"""', 'a\\n"b" ${x}\nc'],
  ['four quotes at the end: the first is text', '"""a""""', 'a"'],
  ['empty text', '""', ''],
  ['empty triple quotes', '""""""', ''],
])('%s', (_, written, expected) => {
  expect(valuesOf(`a = ${written}`)).toStrictEqual({ a: expected });
});

it.each<[string, string, string]>([
  ['an unknown escape', String.raw`a = "C:\dir"`, 'ESCAPE_INVALID 1:8'],
  ['too few hexadecimal digits', String.raw`a = "\u12"`, 'ESCAPE_INVALID 1:6'],
  ['no end: the place where it begins', 'b = 1\na = "x\n\n', 'STRING_UNTERMINATED 2:5'],
  ['a backslash at the end', 'a = "x\\', 'ESCAPE_INVALID 1:7'],
  ['triple quotes without end', 'a = """x""', 'STRING_UNTERMINATED 1:5'],
])('refuses %s', (_, text, expected) => {
  expect(problemOf(() => valuesOf(text))).toBe(expected);
});
