import { MQTT_ERRORS, type MqttErrorCode } from '@nanomq-ts/codec';
import { clientVectors, type FrameVector, ShardHarness, vectorBytes } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';

const VERSIONS = [
  ['3.1', 3],
  ['3.1.1', 4],
  ['5.0', 5],
] as const;

const CONNECT_LISTS: readonly string[] = ['connect', 'malformedConnect', 'connectProperties'];

/** `w` with payload `x`, QoS 0: a witness would see it, were it parsed. */
const PUBLISH = { 3: '30 04 00 01 77 78', 4: '30 04 00 01 77 78', 5: '30 05 00 01 77 00 78' } as const;

/** A CONNECT that gets as far as its protocol version. */
const SAYS_VERSION_5 = /^1. .. 00 04 (?:.. ){4}05/;

/** Where the section of the packet says another reason code than the error has by itself: 3.8.3.1. */
const REASON_CODES: Readonly<Record<string, number>> = { 'requested QoS 3': 0x82 };

const refusedVectors = Object.entries(clientVectors)
  .filter(([list]) => !CONNECT_LISTS.includes(list))
  .flatMap(([list, vectors]) => vectors.filter(({ error }) => error !== undefined).map((vector) => ({ list, vector })));

/** Sends `hex` as a connected client beside a witness, who must notice nothing. */
async function afterConnect(version: 3 | 4 | 5, hex: string, cut: 'whole' | 'byte by byte') {
  const harness = new ShardHarness();
  const witness = await harness.client(version === 5 ? 4 : 5);
  await witness.subscribe('w');
  const { client, transport } = harness.open(version);
  await client.connect({ clientId: 'culprit' });
  const bytes = Buffer.from(`${hex}${PUBLISH[version]}`.replaceAll(' ', ''), 'hex');
  if (cut === 'whole') transport.send(bytes);
  else for (const byte of bytes) transport.send(Buffer.of(byte));
  await client.expectClosed();
  await witness.expectNothing();
  const errors = harness.logged.filter(({ level }) => level === 'error');
  return { errors, sent: client.received.slice(1), failed: harness.shard.counters.connectionsFailed };
}

describe('what no client may send ends its connection and no other', () => {
  it.each([
    ['[MQTT-4.13.1-1] [MQTT-3.14.4-1] 5.0 is told why', 5, '00 00', 0x81],
    ['[v3.1.1 MQTT-4.8.0-1] 3.1.1 is closed', 4, '00 00', undefined],
    ['3.1 is closed', 3, '00 00', undefined],
    ['[MQTT-3.1.0-2] a second CONNECT', 5, '10 0e 00 04 4d 51 54 54 05 02 00 3c 00 00 01 61', 0x82],
    ['[v3.1.1 MQTT-3.1.0-2] a second CONNECT', 4, '10 0d 00 04 4d 51 54 54 04 02 00 3c 00 01 61', undefined],
    ['[MQTT-3.1.0-2] a second CONNECT, malformed', 5, '11 00', 0x82],
    ['3.1: a second CONNECT', 3, '10 0f 00 06 4d 51 49 73 64 70 03 02 00 3c 00 01 61', undefined],
    ['[MQTT-3.2.2-15] more than the Maximum Packet Size announced', 5, '30 ff ff ff 7f', 0x95],
    ['more than the maximum packet size', 4, '30 ff ff ff 7f', undefined],
  ] as const)('%s', async (_, version, hex, reasonCode) => {
    const { errors, sent, failed } = await afterConnect(version, hex, 'whole');
    expect(sent.map((packet) => [packet.cmd, 'reasonCode' in packet && packet.reasonCode])).toEqual(
      reasonCode === undefined ? [] : [['disconnect', reasonCode]],
    );
    expect([errors, failed]).toEqual([[], 1]);
  });

  it.each(['whole', 'byte by byte'] as const)('every vector that is refused, %s', async (cut) => {
    const wrong: unknown[] = [];
    for (const { list, vector } of refusedVectors) {
      const reasonCode = REASON_CODES[vector.name] ?? MQTT_ERRORS[vector.error as MqttErrorCode].reasonCode;
      const expected = vector.protocolVersion === 5 ? [['disconnect', reasonCode]] : [];
      const { errors, sent } = await afterConnect(vector.protocolVersion, vector.hex, cut);
      const got = sent.map((packet) => [packet.cmd, 'reasonCode' in packet && packet.reasonCode]);
      if (JSON.stringify(got) !== JSON.stringify(expected) || errors.length > 0) {
        wrong.push({ list, name: vector.name, expected, got, errors });
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe('a Remaining Length that takes more bytes than it need', () => {
  it('is malformed in MQTT 5.0 [MQTT-1.5.5-1]', async () => {
    const { errors, sent } = await afterConnect(5, '32 88 80 00 00 01 77 00 05 00 62 63', 'whole');
    expect(sent).toMatchObject([{ cmd: 'disconnect', reasonCode: 0x81 }]);
    expect(errors).toEqual([]);
  });

  it.each([
    ['5.0', '10 8d 00 00 04 4d 51 54 54 05 02 00 00 00 00 00', { cmd: 'connack', reasonCode: 0x81 }],
    ['3.1.1', '10 8d 00 00 04 4d 51 54 54 04 02 00 00 00 01 63', { cmd: 'connack', returnCode: 0 }],
  ] as const)('of a CONNECT is judged by the version in it: %s [MQTT-1.5.5-1]', async (version, hex, answer) => {
    const { client } = new ShardHarness().open(version === '5.0' ? 5 : 4);
    client.sendHex(hex);
    expect(await client.next('connack')).toMatchObject(answer);
  });

  it.each([
    ['QoS 0', '30 84 80 80 00 00 01 77 62', '30 04 00 01 77 62', '30 05 00 01 77 00 62'],
    ['QoS 1', '32 86 00 00 01 77 00 05 62', '32 06 00 01 77 00 01 62', '32 07 00 01 77 00 01 00 62'],
  ])('of 3.1.1 goes out in its shortest form: PUBLISH %s [MQTT-1.5.5-1]', async (_, hex, plain, converted) => {
    const harness = new ShardHarness();
    const publisher = await harness.client(4);
    const receivers = [harness.open(4), harness.open(5)];
    for (const [i, { client }] of receivers.entries()) {
      await client.connect({ clientId: `receiver-${i}` });
      await client.subscribe('w', 1);
      client.autoAcknowledge = false;
      client.link.onBytes = null;
    }
    publisher.sendHex(hex);
    await publisher.ping();
    const bytes = receivers.map(({ transport }) => transport.take().toString('hex'));
    expect(bytes).toEqual([plain, converted].map((text) => text.replaceAll(' ', '')));
  });

  it('of 3.1.1 works with every other packet, CONNECT too', async () => {
    const harness = new ShardHarness();
    const { client } = harness.open(4);
    client.sendHex('10 8d 00 00 04 4d 51 54 54 04 02 00 3c 00 01 61');
    await client.next('connack');
    client.sendHex('82 86 80 00 00 01 00 01 61 00 c0 80 00');
    expect((await client.next('suback')).granted).toEqual([0]);
    await client.next('pingresp');
  });
});

describe.each(VERSIONS)('before CONNECT, MQTT %s', (_, version) => {
  it.each([
    ['PINGREQ', 'c0 00'],
    ['PUBLISH', PUBLISH[version]],
    ['SUBSCRIBE', '82 06 00 01 00 01 61 00'],
    ['DISCONNECT', 'e0 00'],
    ['CONNACK', '20 02 00 00'],
    ['AUTH', 'f0 06 18 04 15 00 01 6d'],
    ['type 0', '00 00'],
    ['the first byte of a PUBLISH', '30'],
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n').toString('hex')],
  ])(
    '[MQTT-3.1.0-1] [MQTT-3.14.0-1] %s is closed without an answer, and CONNECT behind it is not read',
    async (_, hex) => {
      const harness = new ShardHarness();
      const { client, transport } = harness.open(version);
      client.sendHex(`${hex} 10 0d 00 04 4d 51 54 54 04 02 00 3c 00 01 61`);
      await client.expectClosed();
      expect(transport.sent).toHaveLength(0);
      expect(client.received).toEqual([]);
      expect(harness.shard.counters.connectionsAccepted).toBe(0);
      expect(harness.shard.connectionCount).toBe(0);
    },
  );
});

describe('before CONNECT', () => {
  it.each([
    ['a frame larger than 64 KiB', '10 81 80 04'],
    ['a length of five bytes', '10 ff ff ff ff 01'],
  ])('%s is closed at its header', async (_, hex) => {
    const harness = new ShardHarness();
    const { client } = harness.open(5);
    client.sendHex(hex);
    await client.expectClosed();
    expect([client.received, harness.shard.connectionCount]).toEqual([[], 0]);
  });

  it('the larger limit holds for what comes behind CONNECT in the same chunk', async () => {
    const harness = new ShardHarness();
    const { client, transport } = harness.open(4);
    const connect = Buffer.from('100d00044d5154540402003c000161', 'hex');
    const payload = Buffer.alloc(100_000, 0x78);
    const publish = Buffer.concat([Buffer.from('30a38d06000177', 'hex'), payload]);
    transport.send(Buffer.concat([connect, publish]));
    await client.next('connack');
    await client.ping();
    expect(harness.shard.counters.publishReceived).toBe(1);
  });
});

/** What the broker answers to a first frame, and whether it closes. */
async function answerTo(vector: FrameVector, cut: 'whole' | 'byte by byte') {
  const harness = new ShardHarness();
  const { client, transport } = harness.open(vector.protocolVersion);
  client.link.onBytes = null;
  const bytes = Buffer.concat([vectorBytes(vector), Buffer.from('c000', 'hex')]);
  if (cut === 'whole') transport.send(bytes);
  else for (const byte of bytes) transport.send(Buffer.of(byte));
  await harness.settled();
  harness.settle();
  await Promise.resolve();
  const sent = transport.take();
  const isClosed = transport.state === 'closed';
  client.destroy();
  return { code: sent[0] === 0x20 ? sent[3] : undefined, packets: sent.length, isClosed, logged: harness.logged };
}

/** 0 = accepted; undefined = closed without a CONNACK. */
function connackCodeFor({ name, hex, error, protocolVersion }: FrameVector): number | undefined {
  if (error === undefined) return name === '5.0: every property' ? 0x8c : 0; // it names an authentication method
  if (error === 'UNSUPPORTED_PROTOCOL_VERSION') return protocolVersion === 5 ? 0x84 : 0x01;
  return SAYS_VERSION_5.test(hex) ? MQTT_ERRORS[error].reasonCode : undefined;
}

describe('CONNECT, every vector', () => {
  const vectors = CONNECT_LISTS.flatMap((list) => clientVectors[list] as readonly FrameVector[]);
  const rows = vectors.flatMap((vector) =>
    (['whole', 'byte by byte'] as const).map((cut) => [vector.name, cut, vector] as const),
  );

  it.each(rows)('%s: %s', async (_, cut, vector) => {
    const { code, packets, isClosed, logged } = await answerTo(vector, cut);
    const expected = connackCodeFor(vector);
    expect([code, isClosed]).toEqual([expected, expected !== 0]);
    if (expected === undefined) expect(packets).toBe(0);
    expect(logged.filter(({ level }) => level === 'error')).toEqual([]);
  });
});
