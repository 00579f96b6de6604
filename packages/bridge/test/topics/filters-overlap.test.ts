import { naiveMatch } from '@nanomq-ts/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filtersOverlap } from '../../src/topics/filters-overlap.ts';

describe('filtersOverlap', () => {
  it.each([
    ['a', 'a', true],
    ['a', 'b', false],
    ['#', 'a/b', true],
    ['a/#', 'a', true],
    ['a/#', 'b/#', false],
    ['a/+', '+/b', true],
    ['a/+/c', 'a/b/d', false],
    ['+', 'a/b', false],
    ['a/b', 'a/b/#', true],
    ['#', '$SYS/x', false],
    ['+/x', '$SYS/x', false],
    ['$SYS/#', '$SYS/x', true],
  ])('%s and %s: %s', (one, other, expected) => {
    expect(filtersOverlap(one, other)).toBe(expected);
    expect(filtersOverlap(other, one)).toBe(expected);
  });

  it('says yes whenever a name matches both', () => {
    const level = fc.constantFrom('a', 'b', '');
    const name = fc.array(level, { minLength: 1, maxLength: 4 });
    const filter = (levels: readonly string[]) =>
      fc
        .tuple(fc.array(fc.boolean(), { minLength: levels.length, maxLength: levels.length }), fc.nat(levels.length))
        .map(([isPlus, cut]) => {
          const wild = levels.map((text, i) => (isPlus[i] ? '+' : text));
          return cut < levels.length ? [...wild.slice(0, cut), '#'].join('/') : wild.join('/');
        });
    fc.assert(
      fc.property(
        name.chain((levels) => fc.tuple(fc.constant(levels.join('/')), filter(levels), filter(levels))),
        ([topicName, one, other]) => {
          fc.pre(naiveMatch(one, topicName) && naiveMatch(other, topicName));
          expect(filtersOverlap(one, other)).toBe(true);
        },
      ),
    );
  });
});
