import { PublishFrame } from '@nanomq-ts/codec';
import { type IPublishPacket, parser } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { buildPublish } from '../../src/session/build-publish.ts';
import { topicKeyOf } from '../../src/topics/topic-key.ts';

/** As another implementation reads it. */
function read(frame: Buffer): IPublishPacket {
  const packets: IPublishPacket[] = [];
  const reader = parser({ protocolVersion: 5 });
  reader.on('packet', (packet) => packets.push(packet as IPublishPacket));
  reader.on('error', (error: Error) => expect.fail(error.message));
  expect(reader.parse(frame)).toBe(0);
  expect(packets).toHaveLength(1);
  return packets[0] as IPublishPacket;
}

describe('buildPublish', () => {
  it.each([
    [0, false, undefined],
    [0, true, undefined],
    [1, false, 1],
    [2, true, 1],
  ] as const)('makes a frame of MQTT 5.0 with QoS %i, RETAIN %s', (qos, retain, messageId) => {
    const packet = read(buildPublish(topicKeyOf('a/b'), Buffer.from('hi'), qos, retain));
    expect(packet).toMatchObject({ cmd: 'publish', topic: 'a/b', payload: Buffer.from('hi'), qos, retain, dup: false });
    expect(packet.messageId).toBe(messageId);
  });

  it('keeps a topic name beyond ASCII byte for byte [MQTT-1.5.4-3]', () => {
    for (const topicName of ['\u00e4/\u20ac', 'e\u0301', '\ufeffa', '\u{1f642}']) {
      const bytes = buildPublish(topicKeyOf(topicName), Buffer.from('x'), 1, false);
      expect(read(bytes).topic).toBe(topicName);
    }
  });

  it('puts in the properties it is given as they are [MQTT-3.3.2-17] [MQTT-3.3.2-18]', () => {
    const properties = Buffer.from('26000162000131260001610001320300 0174'.replaceAll(' ', ''), 'hex');
    const bytes = buildPublish(topicKeyOf('a'), Buffer.from('x'), 0, false, properties);
    expect(bytes.includes(properties)).toBe(true);
    expect(read(bytes).properties).toEqual({ userProperties: { b: '1', a: '2' }, contentType: 't' });
  });

  it.each([0, 1, 116, 117, 118, 122, 123, 124, 16_370, 16_380, 16_390, 70_000])(
    'measures the lengths in front for a payload of %i bytes',
    (bytes) => {
      const payload = Buffer.alloc(bytes, 'p');
      const built = buildPublish(topicKeyOf('t'), payload, 1, false);
      const frame = new PublishFrame();
      let bodyStart = 1;
      while ((built[bodyStart] as number) >= 0x80) bodyStart++;
      frame.parse(built, 0, bodyStart + 1, built.length, true);
      expect(frame.end - frame.payloadStart).toBe(bytes);
      expect(payload.equals(read(built).payload as Buffer)).toBe(true);
    },
  );
});
