import { describe, expect, it } from 'vitest';
import { TrustedSources } from '../../src/proxy/trusted-sources.ts';

describe('TrustedSources', () => {
  it.each([
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['10.0.0.0/8', '::ffff:10.1.2.3', true],
    ['10.0.0.0/8', '::ffff:11.1.2.3', false],
    ['192.0.2.7', '192.0.2.7', true],
    ['192.0.2.7', '192.0.2.8', false],
    ['0.0.0.0/0', '203.0.113.9', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['fd00::/8', 'fd12::1', true],
    ['fd00::/8', 'fe80::1', false],
    ['::1', '::1', true],
    ['::1', '', false],
    ['::1', 'localhost', false],
  ])('%s includes %s: %s', (entry, address, expected) => {
    expect(new TrustedSources(['198.51.100.1', entry]).includes(address)).toBe(expected);
  });

  it('includes nobody when it is empty', () => {
    expect(new TrustedSources([]).includes('127.0.0.1')).toBe(false);
  });

  it.each(['', '10.0.0.0/33', '::1/129', '10.0.0/8', '10.0.0.0/', 'localhost', '10.0.0.0/8/8', '10.0.0.0/-1'])(
    'refuses %j',
    (entry) => {
      expect(() => new TrustedSources([entry])).toThrow(RangeError);
    },
  );
});
