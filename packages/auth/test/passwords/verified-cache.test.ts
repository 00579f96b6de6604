import { describe, expect, it } from 'vitest';
import { VerifiedCache } from '../../src/passwords/verified-cache.ts';

describe('the cache of what was found good', () => {
  it('knows it until its time is over', () => {
    const cache = new VerifiedCache(1000);
    const key = cache.keyOf(['u', Buffer.from('p')]);
    expect(cache.has(key, 0)).toBe(false);
    cache.add(key, 0);
    expect([cache.has(key, 999), cache.has(key, 1000), cache.size]).toEqual([true, false, 0]);
  });

  it('with a time of 0 keeps nothing', () => {
    const cache = new VerifiedCache(0);
    const key = cache.keyOf(['u']);
    cache.add(key, 0);
    expect([cache.has(key, 0), cache.size]).toEqual([false, 0]);
  });

  it('is bounded: the oldest goes', () => {
    const cache = new VerifiedCache(1000, 2);
    const keys = ['a', 'b', 'c'].map((text) => cache.keyOf([text]));
    for (const key of keys) cache.add(key, 0);
    expect(keys.map((key) => cache.has(key, 1))).toEqual([false, true, true]);
    cache.add(keys[1] as string, 1);
    cache.add(keys[0] as string, 1);
    expect(keys.map((key) => cache.has(key, 1))).toEqual([true, true, false]);
  });

  it('tells parts apart, whatever they have at their ends', () => {
    const cache = new VerifiedCache(1000);
    const keys = [
      ['a', 'bc'],
      ['ab', 'c'],
      ['abc'],
      ['abc', undefined],
      ['abc', ''],
      [undefined, 'abc'],
      ['1:a', 'bc'],
    ].map((parts) => cache.keyOf(parts));
    expect(new Set(keys).size).toBe(keys.length);
    expect(cache.keyOf([Buffer.from('abc')])).toBe(cache.keyOf(['abc']));
  });

  it('has another key in each cache, and no secret in the key', () => {
    const [one, other] = [new VerifiedCache(1), new VerifiedCache(1)];
    expect(one.keyOf(['canary'])).not.toBe(other.keyOf(['canary']));
    expect(one.keyOf(['canary'])).not.toContain('canary');
  });

  it('forgets everything when it is told to', () => {
    const cache = new VerifiedCache(1000);
    cache.add('k', 0);
    cache.clear();
    expect(cache.has('k', 0)).toBe(false);
  });
});
