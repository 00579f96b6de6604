import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_V2_BYTES, parseProxyHeader } from '../../src/proxy/proxy-header.ts';

const SIGNATURE = '0d 0a 0d 0a 00 0d 0a 51 55 49 54 0a';
const IPV4 = 'c0 00 02 07 0a 00 00 01 12 67 07 5b'; // 192.0.2.7:4711 -> 10.0.0.1:1883
const IPV6 = `${'20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 07'} ${'00 '.repeat(15)}01 12 67 07 5b`;
const MAPPED = `${'00 '.repeat(10)}ff ff c0 00 02 07 ${'00 '.repeat(15)}01 12 67 07 5b`;
const TLV = '04 00 02 61 62'; // NOOP of two bytes

const hex = (text: string) => Buffer.from(text.replace(/\s/g, ''), 'hex');
const v1 = (text: string) => Buffer.from(text, 'latin1');
const from = (address: string, port: number) => ({ address, port });

const GOOD: readonly [string, Buffer, ReturnType<typeof from> | null][] = [
  ['v1 IPv4', v1('PROXY TCP4 192.0.2.7 10.0.0.1 4711 1883\r\n'), from('192.0.2.7', 4711)],
  ['v1 IPv6', v1('PROXY TCP6 2001:DB8::0:7 ::1 65535 0\r\n'), from('2001:db8::7', 65535)],
  ['v1 IPv4 mapped into IPv6', v1('PROXY TCP6 ::FFFF:192.0.2.7 ::1 4711 1883\r\n'), from('::ffff:192.0.2.7', 4711)],
  ['v1 the same in digits', v1('PROXY TCP6 0::ffff:c000:0207 ::1 4711 1883\r\n'), from('::ffff:192.0.2.7', 4711)],
  ['v1 unknown', v1('PROXY UNKNOWN\r\n'), null],
  ['v1 unknown with something', v1('PROXY UNKNOWN ffff::1 x 1 2\r\n'), null],
  ['v1 of 107 bytes', v1(`PROXY UNKNOWN ${'x'.repeat(91)}\r\n`), null],
  ['v2 IPv4', hex(`${SIGNATURE} 21 11 00 0c ${IPV4}`), from('192.0.2.7', 4711)],
  ['v2 IPv4 with a TLV', hex(`${SIGNATURE} 21 11 00 11 ${IPV4} ${TLV}`), from('192.0.2.7', 4711)],
  ['v2 IPv6', hex(`${SIGNATURE} 21 21 00 24 ${IPV6}`), from('2001:db8::7', 4711)],
  ['v2 IPv4 mapped into IPv6', hex(`${SIGNATURE} 21 21 00 24 ${MAPPED}`), from('::ffff:192.0.2.7', 4711)],
  ['v2 Unix', hex(`${SIGNATURE} 21 31 00 d8 ${'00'.repeat(216)}`), null],
  ['v2 local', hex(`${SIGNATURE} 20 00 00 00`), null],
  ['v2 local with addresses', hex(`${SIGNATURE} 20 11 00 0c ${IPV4}`), null],
  ['v2 unspecified', hex(`${SIGNATURE} 21 00 00 05 01 02 03 04 05`), null],
  ['v2 of the greatest length', hex(`${SIGNATURE} 20 00 0f f0 ${'00'.repeat(MAX_V2_BYTES - 16)}`), null],
];

const BAD: readonly [string, Buffer][] = [
  ['MQTT', hex('10 0c 00 04 4d 51 54 54')],
  ['TLS', hex('16 03 01')],
  ['v1 in lower case', v1('proxy TCP4')],
  ['v1 without an end in 107 bytes', v1(`PROXY UNKNOWN ${'x'.repeat(93)}`)],
  ['v1 of 108 bytes', v1(`PROXY UNKNOWN ${'x'.repeat(92)}\r\n`)],
  ['v1 without CR', v1('PROXY TCP4 192.0.2.7 10.0.0.1 4711 1883\n')],
  ['v1 with two spaces', v1('PROXY TCP4  192.0.2.7 10.0.0.1 4711 1883\r\n')],
  ['v1 with a word more', v1('PROXY TCP4 192.0.2.7 10.0.0.1 4711 1883 x\r\n')],
  ['v1 with a word less', v1('PROXY TCP4 192.0.2.7 10.0.0.1 4711\r\n')],
  ['v1 with another family', v1('PROXY UDP4 192.0.2.7 10.0.0.1 4711 1883\r\n')],
  ['v1 with an IPv6 address as IPv4', v1('PROXY TCP4 ::1 ::1 4711 1883\r\n')],
  ['v1 with an IPv4 address as IPv6', v1('PROXY TCP6 192.0.2.7 10.0.0.1 4711 1883\r\n')],
  ['v1 with a zone', v1('PROXY TCP6 fe80::1%eth0 ::1 4711 1883\r\n')],
  ['v1 with an address out of range', v1('PROXY TCP4 192.0.2.256 10.0.0.1 4711 1883\r\n')],
  ['v1 with a port out of range', v1('PROXY TCP4 192.0.2.7 10.0.0.1 65536 1883\r\n')],
  ['v1 with a port with a zero in front', v1('PROXY TCP4 192.0.2.7 10.0.0.1 04711 1883\r\n')],
  ['v1 with a negative port', v1('PROXY TCP4 192.0.2.7 10.0.0.1 -1 1883\r\n')],
  ['v1 with a line break inside', v1('PROXY TCP4 192.0.2.7\r\n10.0.0.1 4711 1883\r\n')],
  ['v2 with a wrong signature', hex('0d 0a 0d 0a 00 0d 0a 51 55 49 54 0b 21 11 00 0c')],
  ['v2 of version 1', hex(`${SIGNATURE} 11 11 00 0c ${IPV4}`)],
  ['v2 of version 3', hex(`${SIGNATURE} 31 11 00 0c ${IPV4}`)],
  ['v2 with another command', hex(`${SIGNATURE} 22 11 00 0c ${IPV4}`)],
  ['v2 UDP', hex(`${SIGNATURE} 21 12 00 0c ${IPV4}`)],
  ['v2 with another family', hex(`${SIGNATURE} 21 41 00 0c ${IPV4}`)],
  ['v2 with less than its addresses', hex(`${SIGNATURE} 21 11 00 0b`)],
  ['v2 IPv6 with IPv4 addresses', hex(`${SIGNATURE} 21 21 00 0c ${IPV4}`)],
  ['v2 above the greatest length', hex(`${SIGNATURE} 21 11 0f f1`)],
  ['v2 that announces 65,535 bytes', hex(`${SIGNATURE} 21 11 ff ff`)],
  ['EMQX 6.2.1: v2 with a TLV beyond the header', hex(`${SIGNATURE} 21 11 00 11 ${IPV4} 04 00 03 61 62`)],
  ['EMQX 6.2.1: v2 with a TLV of 65,535 bytes', hex(`${SIGNATURE} 21 11 00 0f ${IPV4} 04 ff ff`)],
  ['EMQX 6.2.1: v2 with half a TLV head', hex(`${SIGNATURE} 21 11 00 0e ${IPV4} 04 00`)],
];

describe('parseProxyHeader', () => {
  it.each(GOOD)('reads %s, and leaves what follows', (_, bytes, source) => {
    expect(parseProxyHeader(bytes)).toEqual({ bytes: bytes.length, source });
    expect(parseProxyHeader(Buffer.concat([bytes, hex('10 0c 00 04')]))).toEqual({ bytes: bytes.length, source });
  });

  it.each(GOOD)('wants more of every beginning of %s', (_, bytes) => {
    for (let length = 0; length < bytes.length; length++) {
      expect(parseProxyHeader(bytes.subarray(0, length)), `${length} bytes`).toBe('incomplete');
    }
  });

  it.each(BAD)('refuses %s', (_, bytes) => {
    expect(parseProxyHeader(bytes)).toBe('malformed');
  });

  it('EMQX 6.2.1 notes: answers whatever the bytes are, and never asks for more than the bounds', () => {
    const start = fc.constantFrom('', 'PROXY ', 'PROXY TCP4 ', hex(SIGNATURE).toString('latin1'));
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 5000 }), (prefix, rest) => {
        const bytes = Buffer.concat([v1(prefix), rest]);
        const answer = parseProxyHeader(bytes);
        if (answer === 'incomplete') expect(bytes.length).toBeLessThan(MAX_V2_BYTES);
        else if (answer !== 'malformed') expect(answer.bytes).toBeLessThanOrEqual(bytes.length);
      }),
      { numRuns: 2000 },
    );
  });
});
