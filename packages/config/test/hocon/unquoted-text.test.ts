// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are HOCON, whose substitutions look so
import { expect, it } from 'vitest';
import { problemOf, valuesOf } from './hocon-helper.ts';

it.each<[string, unknown]>([
  ['10s', '10s'],
  ['10ms', '10ms'],
  ['2.5MB', '2.5MB'],
  ['50%', '50%'],
  ['0.0.0.0', '0.0.0.0'],
  ['1.2.3.4', '1.2.3.4'],
  ['0.0.0.0:1883', '0.0.0.0:1883'],
  ['localhost:1883', 'localhost:1883'],
  [':1883', ':1883'],
  ['nmq-tcp://0.0.0.0:1883', 'nmq-tcp://0.0.0.0:1883'],
  ['http://host:80/a?b=c&d=e', 'http://host:80/a?b=c&d=e'],
  ['/etc/nanomq/nanomq.conf', '/etc/nanomq/nanomq.conf'],
  ['./a/../b', './a/../b'],
  ['user@example.org', 'user@example.org'],
  ['a+b', 'a+b'],
  ['12', 12],
  ['-12', -12],
  ['+12', 12],
  ['1.25', 1.25],
  ['1e3', 1000],
  ['-1.5E-3', -0.0015],
  ['1e999', '1e999'],
  ['20000000000000000000', 2e19],
  ['truely', 'truely'],
])('reads %s without quotes', (written, expected) => {
  expect(valuesOf(`a = ${written}\nb = 1`)).toStrictEqual({ a: expected, b: 1 });
});

it.each<[string, string, string]>([
  ['a topic filter whose # would be a comment', 'a = x/#', 'COMMENT_AMBIGUOUS 1:7'],
  ['a path whose // would be a comment', 'a = /x//y', 'COMMENT_AMBIGUOUS 1:7'],
  ['a $ that begins no substitution', 'a = $SYS/x', 'SYNTAX_UNEXPECTED 1:5'],
  ['a backslash', 'a = C:\\x', 'SYNTAX_UNEXPECTED 1:7'],
  ['an IPv6 address, which looks like a list', 'a = [::]:1883', 'SYNTAX_UNEXPECTED 1:7'],
  ['a colon with nothing after it', 'a = b:', 'SYNTAX_UNEXPECTED 1:6'],
])('refuses %s', (_, text, expected) => {
  expect(problemOf(() => valuesOf(text))).toBe(expected);
});
