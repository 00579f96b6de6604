import { malformedPublishVectors, publishVectors, vectorBytes } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';
import { PublishFrame } from '../src/publish-frame.ts';
import { expectVector, thrownBy } from './decode-vector.ts';

describe('PUBLISH', () => {
  it.each(publishVectors)('$name', (vector) => expectVector(vector));

  // Whether a well-formed topic name is allowed is validation, which comes after decoding.
  it.each(malformedPublishVectors.filter(({ error }) => error !== 'TOPIC_NAME_INVALID'))('$name', (vector) => {
    expectVector(vector);
  });
});

/** A PUBLISH of QoS 0 to `a`, MQTT 5.0, whose property length is written as given. */
function parseWith(propertyLength: string, propertyBytes: number): PublishFrame {
  const frame = new PublishFrame();
  const properties = Buffer.alloc(propertyBytes, 0x26);
  const bytes = Buffer.concat([Buffer.from(`30ffffff7f000161${propertyLength}`, 'hex'), properties]);
  frame.parse(bytes, 0, 5, bytes.length, true);
  return frame;
}

describe('a property length', () => {
  it.each([
    ['0 in two bytes', '8000', 0],
    ['5 in two bytes', '8500', 5],
    ['127 in two bytes', 'ff00', 127],
    ['0 in three bytes', '808000', 0],
    ['16,383 in three bytes', 'ffff00', 16_383],
    ['1 in four bytes', '81808000', 1],
    ['2,097,151 in four bytes', 'ffffff00', 2_097_151],
  ])('longer than it need be is refused: %s [MQTT-1.5.5-1]', (_name, hex, bytes) => {
    expect(thrownBy(() => parseWith(hex, bytes))).toMatchObject({ code: 'MALFORMED_VARINT', reasonCode: 0x81 });
  });

  it.each([
    ['128 in two bytes', '8001', 128],
    ['16,384 in three bytes', '808001', 16_384],
    ['16,512 in three bytes, the middle one empty', '808101', 16_512],
    ['2,097,152 in four bytes', '80808001', 2_097_152],
  ])('in its shortest form is taken: %s [MQTT-1.5.5-1]', (_name, hex, bytes) => {
    const frame = parseWith(hex, bytes);
    expect(frame.propertiesEnd - frame.propertiesStart).toBe(bytes);
    expect(frame.payloadStart).toBe(frame.end);
  });
});

interface Parts {
  readonly qos: number;
  readonly retain: boolean;
  readonly dup: boolean;
  readonly packetId: number;
  readonly topic: string;
  readonly properties: string;
  readonly payload: string;
}

function partsOf(frame: PublishFrame): Parts {
  const { buf, qos, retain, dup, packetId } = frame;
  return {
    qos,
    retain,
    dup,
    packetId,
    topic: buf.toString('utf8', frame.topicStart, frame.topicEnd),
    properties: buf.toString('hex', frame.propertiesStart, frame.propertiesEnd),
    payload: buf.toString('utf8', frame.payloadStart, frame.end),
  };
}

const NONE = { qos: 0, retain: false, dup: false, packetId: 0, properties: '' };

describe('where its parts lie', () => {
  it.each<[string, string, Parts]>([
    ['3.1.1: QoS 0', '3.1.1: QoS 0', { ...NONE, topic: 'a/b', payload: 'hi' }],
    ['3.1.1: QoS 1', '3.1.1: QoS 1', { ...NONE, qos: 1, packetId: 10, topic: 'a/b', payload: 'hi' }],
    [
      '3.1.1: QoS 2, retained, DUP',
      '3.1.1: QoS 2',
      { ...NONE, qos: 2, retain: true, dup: true, packetId: 10, topic: 'a/b', payload: 'hi' },
    ],
    ['3.1.1: no payload', '3.1.1: empty payload', { ...NONE, retain: true, topic: 'a/b', payload: '' }],
    ['5.0: QoS 0 without packet identifier', '5.0: QoS 0', { ...NONE, topic: 'a/b', payload: 'hi' }],
    ['5.0: topic alias', '5.0: topic alias', { ...NONE, topic: '', properties: '230005', payload: 'hi' }],
    [
      '5.0: 131 bytes of properties',
      '5.0: 131 bytes',
      { ...NONE, topic: 'a', properties: `030080${'74'.repeat(128)}`, payload: 'hi' },
    ],
  ])('%s', (_name, part, expected) => {
    const vector = publishVectors.find(({ name }) => name.startsWith(part))!;
    const bytes = vectorBytes(vector);
    // Offsets are absolute: the same frame further inside a chunk.
    const chunk = Buffer.concat([Buffer.from('ffffff', 'hex'), bytes, Buffer.from('ff', 'hex')]);
    const bodyStart = bytes[1]! < 0x80 ? 2 : 3;
    const frame = new PublishFrame();
    frame.parse(chunk, 3, 3 + bodyStart, 3 + bytes.length, vector.protocolVersion === 5);
    expect(partsOf(frame)).toEqual(expected);
    expect(frame.packetIdAt).toBe(expected.qos === 0 ? -1 : frame.topicEnd);
    expect(frame).toMatchObject({ start: 3, bodyStart: 3 + bodyStart, end: 3 + bytes.length });
  });

  it('are all overwritten by the next frame', () => {
    const frame = new PublishFrame();
    const [first, ...others] = publishVectors.map((vector) => ({ bytes: vectorBytes(vector), vector }));
    const read = ({ bytes, vector }: { bytes: Buffer; vector: { protocolVersion: number } }, into: PublishFrame) => {
      into.parse(bytes, 0, bytes[1]! < 0x80 ? 2 : 3, bytes.length, vector.protocolVersion === 5);
    };
    for (const other of others) {
      read(other, frame);
      read(first!, frame);
      const fresh = new PublishFrame();
      read(first!, fresh);
      expect(frame).toEqual(fresh);
    }
  });
});
