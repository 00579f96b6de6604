import { describe, expect, it } from 'vitest';
import { publishTemplate } from '../../src/load/load-frames.ts';
import { maskedTemplate, webSocketHead, webSocketMessage } from '../../src/load/web-socket-frames.ts';

describe('WebSocket messages of the load generator', () => {
  it.each([
    [0, '8280' + '5a5a5a5a'],
    [125, '82fd' + '5a5a5a5a'],
    [126, '82fe007e' + '5a5a5a5a'],
    [65_535, '82feffff' + '5a5a5a5a'],
  ])('has a head for %i bytes', (payloadBytes, hex) => {
    expect(webSocketHead(payloadBytes).toString('hex')).toBe(hex);
  });

  it('has none for more than 16 bits can say', () => {
    expect(() => webSocketHead(65_536)).toThrow(RangeError);
  });

  it('masks the payload', () => {
    expect(webSocketMessage(Buffer.from('00ff5a', 'hex')).toString('hex')).toBe('82835a5a5a5a' + '5aa500');
  });
});

describe('a masked PUBLISH', () => {
  const plain = publishTemplate('a', 1, 4, 8);

  it('alone knows where packet identifier and stamp lie', () => {
    const { frame, ...offsets } = maskedTemplate(plain, false);
    expect(offsets).toEqual({ packetIdAt: plain.packetIdAt, stampAt: plain.stampAt });
    expect(frame.map((byte) => byte ^ 0x5a)).toEqual(plain.frame);
  });

  it('as a message lies behind its head', () => {
    const { frame, ...offsets } = maskedTemplate(plain, true);
    expect(offsets).toEqual({ packetIdAt: plain.packetIdAt + 6, stampAt: plain.stampAt + 6 });
    expect(frame).toEqual(webSocketMessage(plain.frame));
  });

  it('of QoS 0 has no packet identifier', () => {
    expect(maskedTemplate(publishTemplate('a', 0, 4, 8), true).packetIdAt).toBe(-1);
  });
});
