import { connectVectors, malformedConnectVectors, vectorBytes } from '@nanomq-ts/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { peekProtocolVersion } from '../src/connect-walk.ts';

describe('peekProtocolVersion', () => {
  it.each(connectVectors)('tells the version of a good CONNECT: $name', (vector) => {
    expect(peekProtocolVersion(vectorBytes(vector))).toBe(vector.protocolVersion);
  });

  const beyondVersion = malformedConnectVectors.filter(({ hex, error }) => {
    return error !== 'UNSUPPORTED_PROTOCOL_VERSION' && /^1. .. (?:.. )?00 0[46] 4d 51 (?:54 54|49 73 64 70) /.test(hex);
  });
  it.each(beyondVersion.filter(({ hex }) => hex.split(' ').length > 8))(
    'tells it also when the rest is malformed: $name',
    (vector) => {
      expect(peekProtocolVersion(vectorBytes(vector))).toBe(vector.protocolVersion);
    },
  );

  it.each(malformedConnectVectors.filter(({ error }) => error === 'UNSUPPORTED_PROTOCOL_VERSION'))(
    'says 0 for what is not supported: $name',
    (vector) => {
      expect(peekProtocolVersion(vectorBytes(vector))).toBe(0);
    },
  );

  it('never throws and says 0 for what cannot be read', () => {
    expect(peekProtocolVersion(Buffer.alloc(0))).toBe(0);
    expect(peekProtocolVersion(Buffer.from('108080808000', 'hex'))).toBe(0);
    expect(peekProtocolVersion(Buffer.from('1003000451', 'hex'))).toBe(0);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
        expect([0, 3, 4, 5]).toContain(peekProtocolVersion(Buffer.from(bytes)));
      }),
    );
  });
});
