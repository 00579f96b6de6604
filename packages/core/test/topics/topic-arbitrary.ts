import fc from 'fast-check';

/** Few level names, so that filters and names meet often: empty, one that begins with $, one that is long. */
const LEVELS = ['a', 'b', '', '$s', 'a level that is a sliced string'];

const levelArbitrary = fc.constantFrom(...LEVELS);
const filterLevelArbitrary = fc.oneof({ weight: 3, arbitrary: levelArbitrary }, fc.constant('+'));

/** Valid topic names of up to four levels. */
export const topicNameArbitrary: fc.Arbitrary<string> = fc
  .array(levelArbitrary, { minLength: 1, maxLength: 4 })
  .map((levels) => levels.join('/'))
  .filter((name) => name !== '');

/** Valid topic filters of up to five levels, about half of them with a wildcard. */
export const topicFilterArbitrary: fc.Arbitrary<string> = fc
  .tuple(fc.array(filterLevelArbitrary, { maxLength: 4 }), fc.boolean())
  .map(([levels, isHash]) => (isHash ? [...levels, '#'] : levels).join('/'))
  .filter((filter) => filter !== '');

/** True when the filter has a wildcard; `+` and `#` stand for nothing else in a valid filter. */
export function hasWildcard(filter: string): boolean {
  return /[+#]/.test(filter);
}
