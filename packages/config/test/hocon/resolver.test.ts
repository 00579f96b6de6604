// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are HOCON, whose substitutions look so
import { expect, it } from 'vitest';
import { problemOf, valuesOf } from './hocon-helper.ts';

const ENV = { HOST: 'h.example', PORT: '1884', EMPTY: '', EVIL: '${process.exit()}' };

it.each<[string, string, unknown]>([
  ['a key before', 'a = 1\nb = ${a}', { a: 1, b: 1 }],
  ['a key after', 'b = ${a}\na = 1', { b: 1, a: 1 }],
  ['a path', 'x.y = [1]\nb = ${x.y}', { x: { y: [1] }, b: [1] }],
  ['a quoted path', '"x.y" = 1\nb = ${"x.y"}', { 'x.y': 1, b: 1 }],
  ['a neighbour in the same section', 's { a = 1, b = ${s.a} }', { s: { a: 1, b: 1 } }],
  ['the environment', 'a = ${HOST}', { a: 'h.example' }],
  ['a number from the environment stays text', 'a = ${PORT}', { a: '1884' }],
  ['an empty variable', 'a = ${EMPTY}', { a: '' }],
  ['the configuration before the environment', 'HOST = mine\na = ${HOST}', { HOST: 'mine', a: 'mine' }],
  ['an optional one that is missing leaves the key out', 'a = ${?NONE}', {}],
  ['an optional one that is missing keeps the earlier value', 'a = 1\na = ${?NONE}', { a: 1 }],
  ['an optional one that is there wins', 'a = 1\na = ${?PORT}', { a: '1884' }],
  ['an optional one in a list', 'a = [1, ${?NONE}, 2]', { a: [1, 2] }],
  ['an optional one in a text', 'a = x${?NONE}y', { a: 'xy' }],
  ['an address from two parts', 'a = ${HOST}:${PORT}', { a: 'h.example:1884' }],
  ['an address with quotes', 'a = ${HOST}":"1883', { a: 'h.example:1883' }],
  ['a section with more', 'b { x = 1, y = 1 }\na = ${b} { y = 2 }', { b: { x: 1, y: 1 }, a: { x: 1, y: 2 } }],
  ['a list with more', 'b = [1]\na = ${b} [2]', { b: [1], a: [1, 2] }],
  ['its own earlier value', 'a = [1]\na = ${a} [2]', { a: [1, 2] }],
  ['its own earlier text', 'a = x\na = ${a}/y', { a: 'x/y' }],
  ['its own value, optional, from the environment', 'PORT = ${?PORT}', { PORT: '1884' }],
  ['+= of a substitution', 'a = [1]\nb = 2\na += ${b}', { a: [1, 2], b: 2 }],
  ['a hidden one that is unknown does not matter', 'a = ${NONE}\na = 1', { a: 1 }],
  ['a value that looks like a substitution is never read again', 'a = ${EVIL}', { a: '${process.exit()}' }],
  ['what it names last wins', 'b = ${a}\na = 1\na = 2', { b: 2, a: 2 }],
])('substitutes %s', (_, text, expected) => {
  expect(valuesOf(text, ENV)).toStrictEqual(expected);
});

it.each<[string, string, string]>([
  ['an unknown name', 'x = 1\na = ${NONE}', 'SUBSTITUTION_UNKNOWN 2:5'],
  ['a member of Object as environment', 'a = ${toString}', 'SUBSTITUTION_UNKNOWN 1:5'],
  ['__proto__', 'a = ${__proto__.x}', 'KEY_FORBIDDEN 1:7'],
  ['itself without an earlier value', 'a = ${a}', 'SUBSTITUTION_UNKNOWN 1:5'],
  ['a circle of two', 'a = ${b}\nb = ${a}', 'SUBSTITUTION_CYCLE 2:5'],
  ['its own section', 'a { b = ${a} }', 'SUBSTITUTION_CYCLE 1:9'],
  ['no end', 'a = ${x', 'SUBSTITUTION_INVALID 1:8'],
  ['an expression', 'a = ${process.exit()}', 'SUBSTITUTION_UNKNOWN 1:5'],
  ['an expression with brackets', 'a = ${x[0]}', 'SUBSTITUTION_INVALID 1:8'],
  ['an empty name', 'a = ${}', 'KEY_INVALID 1:7'],
])('refuses %s', (_, text, expected) => {
  expect(problemOf(() => valuesOf(text, ENV))).toBe(expected);
});

it('refuses texts that double in each line', () => {
  const lines = Array.from({ length: 40 }, (_, i) => `a${i + 1} = \${a${i}}\${a${i}}`);
  expect(problemOf(() => valuesOf(['a0 = xxxxxxxx', ...lines].join('\n')))).toMatch(/^EXPANSION_TOO_LARGE/);
});

it('refuses lists that double in each line', () => {
  const lines = Array.from({ length: 40 }, (_, i) => `a${i + 1} = [\${a${i}}, \${a${i}}]`);
  expect(problemOf(() => valuesOf(['a0 = x', ...lines].join('\n')))).toMatch(/^EXPANSION_TOO_LARGE/);
});

it('refuses lists joined with themselves in each line', () => {
  const lines = Array.from({ length: 40 }, (_, i) => `a${i + 1} = \${a${i}} \${a${i}}`);
  expect(problemOf(() => valuesOf(['a0 = [x]', ...lines].join('\n')))).toMatch(/^EXPANSION_TOO_LARGE/);
});

it('refuses a chain of substitutions too long for the stack', () => {
  const lines = Array.from({ length: 20_000 }, (_, i) => `a${i} = \${a${i + 1}}`);
  expect(problemOf(() => valuesOf([...lines, 'a20000 = 1'].join('\n')))).toMatch(/^NESTING_TOO_DEEP/);
});
