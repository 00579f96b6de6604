// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are HOCON, whose substitutions look so
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readCanonical, writeCanonical } from '../../src/hocon/canonical-text.ts';
import type { ResolvedSection, ResolvedValue } from '../../src/hocon/resolved-value.ts';

const at = { file: 'f', line: 1, column: 1 };
const scalar = (value: string | number | boolean | null): ResolvedValue => ({
  kind: 'scalar',
  at,
  value,
  text: String(value),
});
const section = (members: [string, ResolvedValue][]): ResolvedSection => ({
  kind: 'section',
  at,
  members: new Map(members),
});

it('gives hocon-parser nothing it evaluates, unescapes, splits or comments out', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (key, text) => {
      const list: ResolvedValue = { kind: 'list', at, items: [scalar(text), section([[key, scalar(text)]])] };
      expect(writeCanonical(section([[key, list]]))).toMatch(/^[\w%"{}[\]:,-]*$/);
    }),
  );
});

it.each<[string, string | number | boolean | null]>([
  ['text that hocon-parser would evaluate', '${process.exit()}'],
  ['text that looks like a number', '12'],
  ['text that looks like null', 'null'],
  ['empty text', ''],
  ['a lone surrogate', '\ud800'],
  ['a negative number', -5],
  ['the smallest number', 5e-324],
  ['true', true],
  ['null', null],
])('brings back %s', (_, value) => {
  expect(readCanonical(writeCanonical(section([['a.b', scalar(value)]])))).toStrictEqual({ 'a.b': value });
});
