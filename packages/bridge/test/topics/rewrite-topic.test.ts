import { describe, expect, it } from 'vitest';
import { rewriteTopic, rewritingFault } from '../../src/topics/rewrite-topic.ts';

describe('rewriteTopic', () => {
  // The reference: `remote_topic` and `local_topic`, section 10.1.
  it.each([
    ['nothing is asked for: unchanged', 'a/#', '', 'a/b', 'a/b'],
    [
      'the example of the manual: the part behind two levels',
      '+/nanomq/#',
      '#',
      'cmd/nanomq/hello/world',
      'hello/world',
    ],
    ['levels from the third on', 'X/zb/+/abv/#', '+/abv/#', 'X/zb/7/abv/1/2', '7/abv/1/2'],
    ['plain text is a fixed topic', 'a/#', 'fixed/topic', 'a/b/c', 'fixed/topic'],
    ['the whole filter', 'a/+/b', 'a/+/b', 'a/1/b', 'a/1/b'],
    ['one level', 'a/+/b', '+', 'a/one/b', 'one'],
    ['one level and what follows', 'a/+/b', '+/b', 'a/one/b', 'one/b'],
    ['one level and what is before', 'a/+/b', 'a/+', 'a/one/b', 'a/one'],
    ['the first of two places', '+/x/+', '+', 'left/x/right', 'left'],
    ['an empty level', 'a/+/b/#', '+/b/#', 'a//b/c', '/b/c'],
    ['the multi-level wildcard of a deep filter', 'a/b/c/#', '#', 'a/b/c/d/e/f', 'd/e/f'],
    ['the parent level itself leaves nothing: unchanged', 'a/#', '#', 'a', 'a'],
    ['a part that begins inside a level', 'abc/+/d', 'c/+', 'abc/1/d', 'c/1'],
    ['a part that ends inside a level', '+/abc', '+/ab', '1/abc', '1/ab'],
    ['everything', '#', '#', 'a/b', 'a/b'],
    ['a leading slash', '/+/#', '#', '/x/y/z', 'y/z'],
    ['names longer than the filter', '+/+/x', '+/x', 'a-long-one/another/x', 'another/x'],
  ])('%s', (_name, filter, target, topicName, expected) => {
    const rewriting = { filter, target, prefix: '', suffix: '' };
    expect(rewritingFault(rewriting)).toBe('');
    expect(rewriteTopic(rewriting, topicName)).toBe(expected);
  });

  it.each([
    ['a prefix before an unchanged name', '', 'site/7/', '', 'site/7/a/b'],
    ['a suffix behind an unchanged name', '', '', '/raw', 'a/b/raw'],
    ['both around a part', '#', '<', '>', '<b>'],
    ['both around a fixed topic', 'fixed', 'p/', '/s', 'p/fixed/s'],
  ])('%s', (_name, target, prefix, suffix, expected) => {
    expect(rewriteTopic({ filter: 'a/#', target, prefix, suffix }, 'a/b')).toBe(expected);
  });

  it.each([
    ['/', '/'],
    ['//////////', '//'],
    ['é/ü', '€/'],
    ['x'.repeat(1000), 'y'.repeat(1000)],
    ['%s$1', '\\1$&'],
  ])('takes odd prefixes as they are, CVE-2024-3935: %j', (prefix, suffix) => {
    const rewriting = { filter: '+/#', target: '#', prefix, suffix };
    for (const [topicName, rest] of [
      ['a/b', 'b'],
      ['/', '/'],
      ['a', 'a'],
      ['//', '/'],
    ] as const) {
      expect(rewriteTopic(rewriting, topicName)).toBe(`${prefix}${rest}${suffix}`);
    }
  });

  it.each([
    ['a target with wildcards that is no part of the filter', 'a/#', 'b/#', '', ''],
    ['a wildcard in the prefix', 'a/#', '', '+/', ''],
    ['a wildcard in the suffix', 'a/#', '', '', '/#'],
  ])('finds the fault in %s', (_name, filter, target, prefix, suffix) => {
    expect(rewritingFault({ filter, target, prefix, suffix })).not.toBe('');
  });
});
