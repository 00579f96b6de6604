import { acknowledgementVectors, vectorBytes } from '@nanomq-ts/testkit';
import { generate } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { AckFrame, AckHeader, MAX_ACK_BYTES, writeAck } from '../src/ack-frame.ts';
import { DUP_BIT } from '../src/packet-type.ts';
import { decodeFrame, expectVector } from './decode-vector.ts';

describe('acknowledgements', () => {
  it.each(acknowledgementVectors)('$name', (vector) => expectVector(vector));

  it.each([
    ['3.1.1: PUBACK is a packet identifier', 0x00],
    ['5.0: PUBACK without reason code means success', 0x00],
    ['5.0: PUBACK with a reason code', 0x10],
    ['5.0: PUBREC with a reason code', 0x97],
    ['5.0: PUBREL with a reason code', 0x92],
    ['5.0: PUBCOMP with reason string', 0x00],
  ])('give packet identifier and reason code: %s', (part, reasonCode) => {
    const vector = acknowledgementVectors.find(({ name }) => name.startsWith(part))!;
    expect(decodeFrame(vectorBytes(vector), vector.protocolVersion)).toMatchObject({ packetId: 10, reasonCode });
  });

  /** MQTT 5.0, tables 3-4 to 3-7. */
  it.each([
    ['PUBACK [MQTT-3.4.2-1]', 0x40, [0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99]],
    ['PUBREC [MQTT-3.5.2-1]', 0x50, [0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99]],
    ['PUBREL [MQTT-3.6.2-1]', 0x62, [0x00, 0x92]],
    ['PUBCOMP [MQTT-3.7.2-1]', 0x70, [0x00, 0x92]],
  ])('let only their own reason codes through: %s', (_name, first, allowed) => {
    const ack = new AckFrame();
    const accepted = Array.from({ length: 256 }, (_, code) => code).filter((code) => {
      try {
        ack.parse(Buffer.from([first, 3, 0, 1, code]), 0, 2, 5, true);
        return ack.reasonCode === code;
      } catch {
        return false;
      }
    });
    expect(accepted).toEqual(allowed);
  });

  it('have DUP set where it is to be ignored: PUBREL of MQTT 3.1, sent again', () => {
    const ack = new AckFrame();
    const bytes = Buffer.from('6a020007', 'hex');
    expect(() => ack.parse(bytes, 0, 2, 4, false)).toThrow(expect.objectContaining({ code: 'MALFORMED_FLAGS' }));
    ack.parse(bytes, 0, 2, 4, false, DUP_BIT);
    expect([ack.packetId, bytes.toString('hex')]).toEqual([7, '6a020007']);
    bytes[0] = 0x69;
    expect(() => ack.parse(bytes, 0, 2, 4, false, DUP_BIT)).toThrow(
      expect.objectContaining({ code: 'MALFORMED_FLAGS' }),
    );
  });

  it('forget the reason code of the one before', () => {
    const ack = new AckFrame();
    ack.parse(Buffer.from('500300 01 97'.replaceAll(' ', ''), 'hex'), 0, 2, 5, true);
    ack.parse(Buffer.from('40020002', 'hex'), 0, 2, 4, true);
    expect(ack).toMatchObject({ packetId: 2, reasonCode: 0 });
  });
});

describe('writeAck', () => {
  const rows = [
    ['puback', AckHeader.Puback, 'PUBACK [MQTT-3.4.2-2] [MQTT-3.4.2-3]'],
    ['pubrec', AckHeader.Pubrec, 'PUBREC [MQTT-3.5.2-2] [MQTT-3.5.2-3]'],
    ['pubrel', AckHeader.Pubrel, 'PUBREL [MQTT-3.6.2-2] [MQTT-3.6.2-3]'],
    ['pubcomp', AckHeader.Pubcomp, 'PUBCOMP [MQTT-3.7.2-2] [MQTT-3.7.2-3]'],
  ] as const;

  it.each(rows)('writes success in the four bytes all versions share: %s', (cmd, header) => {
    const out = Buffer.alloc(MAX_ACK_BYTES + 2, 0xee);
    expect(writeAck(out, 1, header, 0x1234, 0)).toBe(5);
    expect(out.subarray(1, 5)).toEqual(generate({ cmd, messageId: 0x1234 }, { protocolVersion: 4 }));
    expect(out[0]).toBe(0xee);
    expect(out[5]).toBe(0xee);
  });

  it.each(rows)('has neither reason string nor user properties, so never exceeds a limit: $2', (_cmd, header) => {
    expect(writeAck(Buffer.alloc(MAX_ACK_BYTES), 0, header, 1, 0x80)).toBe(MAX_ACK_BYTES);
  });

  it.each(rows)('writes a reason code in five bytes that read back [MQTT-2.2.1-5]: %s', (_cmd, header) => {
    const out = Buffer.alloc(MAX_ACK_BYTES);
    const reasonCode = header === AckHeader.Pubrel || header === AckHeader.Pubcomp ? 0x92 : 0x97;
    expect(writeAck(out, 0, header, 0xffff, reasonCode)).toBe(MAX_ACK_BYTES);
    expect(decodeFrame(out, 5)).toMatchObject({ packetId: 0xffff, reasonCode });
  });
});
