// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are HOCON, whose substitutions look so
import { describe, expect, it } from 'vitest';
import { problemOf, valuesOf } from './hocon-helper.ts';

describe('HOCON that is accepted', () => {
  it.each<[string, string, unknown]>([
    ['an empty file is an empty configuration', '', {}],
    ['comments only', '# a\n// b\n', {}],
    ['a byte order mark', '\ufeffa = 1', { a: 1 }],
    ['CRLF line ends', 'a = 1\r\nb = x\r\n\r\nc {\r\n d = 2\r\n}\r\n', { a: 1, b: 'x', c: { d: 2 } }],
    ['root with braces', ' { a = 1 } ', { a: 1 }],
    ['plain JSON', '{"a": [1, {"b": null}], "c": true}', { a: [1, { b: null }], c: true }],
    ['JSON with the colon on the next line', '{"a"\n:\n1}', { a: 1 }],
    ['= : and { as separators', 'a = 1\nb : 2\nc { d = 3 }', { a: 1, b: 2, c: { d: 3 } }],
    ['value on the next line', 'a =\n  1', { a: 1 }],
    ['dotted keys', 'a.b.c = 1\na.b.d = 2', { a: { b: { c: 1, d: 2 } } }],
    ['a quoted key keeps its dots', '"a.b" = 1', { 'a.b': 1 }],
    ['a quoted element in a path', 'a."b.c".d = 1', { a: { 'b.c': { d: 1 } } }],
    ['commas and new lines between fields', 'a = 1, b = 2\nc = 3\n, d = 4', { a: 1, b: 2, c: 3, d: 4 }],
    ['trailing comma in a section', '{ a = 1, }', { a: 1 }],
    ['trailing comma in a list', 'a = [1, 2,]', { a: [1, 2] }],
    ['empty list and empty section', 'a = []\nb {}', { a: [], b: {} }],
    ['list items on lines of their own', 'a = [\n 1\n 2 # two\n\n 3\n]', { a: [1, 2, 3] }],
    ['nested lists', 'a = [[], [1], [[2]]]', { a: [[], [1], [[2]]] }],
    ['rules of an ACL file', 'r = [\n {"p":"x"}\n {"p":"y"}\n]', { r: [{ p: 'x' }, { p: 'y' }] }],
    ['a comment after a value', 'a = x # y\nb = 1// c\nd = 2 // e', { a: 'x', b: 1, d: 2 }],
    ['null, true and false', 'a = null\nb = true\nc = false', { a: null, b: true, c: false }],
    ['quoted words stay text', 'a = "null"\nb = "true"\nc = "1"', { a: 'null', b: 'true', c: '1' }],
    ['the same key again: last wins', 'a = 1\na = 2', { a: 2 }],
    ['two sections merge, last scalar wins', 's { a = 1, b = 2 }\ns { b = 3, c = 4 }', { s: { a: 1, b: 3, c: 4 } }],
    ['a scalar between two sections breaks the merge', 's { a = 1 }\ns = 5\ns { b = 2 }', { s: { b: 2 } }],
    ['a list again: last wins', 'a = [1]\na = [2]', { a: [2] }],
    ['+= appends', 'a = [1]\na += 2\na += { b = 3 }', { a: [1, 2, { b: 3 }] }],
    ['+= begins a list', 'a += 1', { a: [1] }],
    ['sections side by side merge', 'a = { b = 1 } { c = 2 }', { a: { b: 1, c: 2 } }],
    ['lists side by side join', 'a = [1] [2]', { a: [1, 2] }],
    ['words side by side are one text', 'a = one  two three  # c', { a: 'one  two three' }],
    ['quoted text beside a word', 'a = "x"y "z"', { a: 'xy z' }],
    ['a key named include', 'include = 1\nb = include me', { include: 1, b: 'include me' }],
    ['keys named like members of Object', 'toString = 1\nhasOwnProperty = 2', { toString: 1, hasOwnProperty: 2 }],
    ['a key that is a number', '1 = a\n"" = b', { 1: 'a', '': 'b' }],
  ])('%s', (_, text, expected) => {
    expect(valuesOf(text)).toStrictEqual(expected);
  });
});

describe('HOCON that is refused, with line and column', () => {
  it.each<[string, string, string]>([
    ['section not closed: the place of its brace', 'a = 1\nb {\n c = 2\n', 'SYNTAX_UNEXPECTED 2:3'],
    ['list not closed', 'a = [1\n2', 'SYNTAX_UNEXPECTED 1:5'],
    ['brace too many', 'a = 1\n}', 'SYNTAX_UNEXPECTED 2:1'],
    ['a bracket that closes nothing', 'a { b = 1\n] }', 'SYNTAX_UNEXPECTED 2:1'],
    ['text after the outer section', '{ a = 1 }\nb = 2', 'SYNTAX_UNEXPECTED 2:1'],
    ['root is a list', '[1]', 'ROOT_NOT_OBJECT 1:1'],
    ['value missing at the end of the line', 'a = , b = 1', 'SYNTAX_UNEXPECTED 1:5'],
    ['value missing at the end of the file', 'a = ', 'SYNTAX_UNEXPECTED 1:5'],
    ['key without separator', 'abc\n', 'SYNTAX_UNEXPECTED 1:4'],
    ['key with blanks', 'a b = 1', 'SYNTAX_UNEXPECTED 1:2'],
    ['two commas', 'a = 1,, b = 2', 'KEY_INVALID 1:7'],
    ['forgotten comma between fields', '{ a = 1 b = 2 }', 'SYNTAX_UNEXPECTED 1:11'],
    ['forgotten comma in JSON', '{"a":"x" "b":"y"}', 'SYNTAX_UNEXPECTED 1:13'],
    ['forgotten comma with colons', '{ a: 1 b: 2 }', 'SYNTAX_UNEXPECTED 1:9'],
    ['two equals signs', 'a = b = c', 'SYNTAX_UNEXPECTED 1:7'],
    ['closing with the wrong bracket', 'a = [1}', 'SYNTAX_UNEXPECTED 1:7'],
    ['single quotes', "a = 'x'", 'SYNTAX_UNEXPECTED 1:5'],
    ['__proto__', 'a.__proto__.b = 1', 'KEY_FORBIDDEN 1:3'],
    ['__proto__ quoted and escaped', '{"\\u005f_proto__": {"x": 1}}', 'KEY_FORBIDDEN 1:2'],
    ['__proto__ in a list', 'a = [{ __proto__ = 1 }]', 'KEY_FORBIDDEN 1:8'],
    ['constructor', 'constructor { prototype { x = 1 } }', 'KEY_FORBIDDEN 1:1'],
    ['prototype', 'prototype = 1', 'KEY_FORBIDDEN 1:1'],
    ['a list beside a section', 'a = [1] { b = 2 }', 'TYPES_MIXED 1:5'],
    ['+= on a plain value', 'a = 1\na += 2', 'TYPES_MIXED 2:6'],
    ['lists 65 levels deep', `a = ${'['.repeat(65)}`, 'NESTING_TOO_DEEP 1:70'],
    ['a dotted key of 65 elements', `${'a.'.repeat(64)}a = 1`, 'NESTING_TOO_DEEP 1:130'],
    ['include of a URL', 'include url("http://x")', 'INCLUDE_INVALID 1:9'],
    ['include without its bracket', 'include file("f"', 'INCLUDE_INVALID 1:17'],
  ])('%s', (_, text, expected) => {
    expect(problemOf(() => valuesOf(text))).toBe(expected);
  });

  it('100,000 open brackets end in an error, not in a stack overflow', () => {
    expect(problemOf(() => valuesOf(`a = ${'['.repeat(100_000)}`))).toBe('NESTING_TOO_DEEP 1:70');
  });

  it('names an earlier quoted text over several lines, where the missing quote probably is', () => {
    expect(() => valuesOf('a = "x\nb = "y"\n')).toThrow(/line 1 runs over a line end, is a quote missing there/);
  });
});
