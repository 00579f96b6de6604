import { describe, expect, it } from 'vitest';
import { AddressSet } from '../../src/acl/address-set.ts';

describe('an address set', () => {
  it.each([
    ['an address', ['192.0.2.7'], '192.0.2.7', true],
    ['another address', ['192.0.2.7'], '192.0.2.70', false],
    ['an address of a network', ['10.0.0.0/8'], '10.255.0.1', true],
    ['an address outside of a network', ['10.0.0.0/8'], '11.0.0.1', false],
    ['IPv4 mapped into IPv6', ['10.0.0.0/8'], '::ffff:10.1.2.3', true],
    ['the same, in capital letters', ['10.0.0.0/8'], '::FFFF:10.1.2.3', true],
    ['an entry that is mapped', ['::ffff:192.0.2.7'], '192.0.2.7', true],
    ['IPv6', ['fd00::/8'], 'fd12::1', true],
    ['IPv6, written otherwise', ['2001:db8::1'], '2001:0DB8:0:0:0:0:0:1', true],
    ['a link-local address with its zone', ['fe80::/10'], 'fe80::1%eth0', true],
    ['every IPv4 address', ['0.0.0.0/0'], '203.0.113.9', true],
    ['no IPv6 address in an IPv4 network', ['0.0.0.0/0'], '2001:db8::1', false],
    ['no IPv4 address in an IPv6 network', ['::/0'], '203.0.113.9', false],
    ['one of several entries', ['192.0.2.7', '10.0.0.0/8'], '10.0.0.1', true],
    ['no address (a Unix socket)', ['0.0.0.0/0', '::/0'], '', false],
    ['a text that is none', ['0.0.0.0/0', '::/0'], 'localhost', false],
  ])('%s', (_, entries, address, isIn) => {
    expect(new AddressSet(entries).includes(address)).toBe(isIn);
  });

  it.each(['', 'localhost', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/x', '10.0.0.0/-1', 'fd00::/129', '10.0.0/8', '/8'])(
    'refuses %j',
    (entry) => {
      expect(() => new AddressSet([entry])).toThrow(RangeError);
    },
  );
});
