import { malformedPublishVectors, publishVectors, vectorBytes } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';
import { PublishFrame } from '../src/publish-frame.ts';
import { expectVector } from './decode-vector.ts';

describe('PUBLISH', () => {
  it.each(publishVectors)('$name', (vector) => expectVector(vector));

  // Whether a well-formed topic name is allowed is validation, which comes after decoding.
  it.each(malformedPublishVectors.filter(({ error }) => error !== 'TOPIC_NAME_INVALID'))('$name', (vector) => {
    expectVector(vector);
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
