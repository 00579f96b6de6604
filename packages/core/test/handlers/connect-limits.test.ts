import { DropReason } from '@nanomq-ts/core';
import { ShardHarness } from '@nanomq-ts/testkit';
import type { IConnectPacket } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';

type Properties = NonNullable<IConnectPacket['properties']>;

/** `a`, connected with these properties. */
async function connected(harness: ShardHarness, properties: Properties) {
  const { client } = harness.open(5);
  expect((await client.connect({ clientId: 'a', properties })).reasonCode).toBe(0);
  return client;
}

/** The whole frames in `bytes`, which must end with one. */
function framesOf(bytes: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    let length = 0;
    let next = at + 1;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes.readUInt8(next++);
      length += (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    expect(next + length).toBeLessThanOrEqual(bytes.length);
    frames.push(bytes.subarray(at, next + length));
    at = next + length;
  }
  return frames;
}

describe('Maximum Packet Size of the client', () => {
  it('no packet is larger, whichever the size [MQTT-3.1.2-24]', async () => {
    const seen = new Set<string>();
    for (let maximumPacketSize = 1; maximumPacketSize <= 120; maximumPacketSize++) {
      const harness = new ShardHarness();
      const publisher = await harness.client(5);
      const { client, transport } = harness.open(5);
      client.link.onBytes = null; // the bytes are looked at here
      const properties = { maximumPacketSize, requestResponseInformation: true, sessionExpiryInterval: 60 };
      client.sendConnect({ clientId: 'the-client-identifier', properties });
      client.sendHex('82 0b 00 01 00 00 05 74 2f 2b 2f 23 01'); // SUBSCRIBE t/+/#, QoS 1
      for (const size of [0, 10, 50, 100]) publisher.publish('t/a', Buffer.alloc(size), { qos: 1 });
      await publisher.ping();
      client.publish('t/b', 'x', { qos: 1 });
      client.sendHex('c0 00 00 00'); // PINGREQ and what ends the connection
      harness.clock.runTurn();
      for (const frame of framesOf(transport.take())) {
        expect(frame.length).toBeLessThanOrEqual(maximumPacketSize);
        seen.add(`${(frame[0] as number) >> 4}`);
      }
      client.destroy();
    }
    // CONNACK, PUBLISH, PUBACK, SUBACK, PINGRESP, DISCONNECT: so the sizes above meant something.
    expect([...seen].map(Number).sort((a, b) => a - b)).toEqual([2, 3, 4, 9, 13, 14]);
  });

  it('a CONNACK that does not fit even without what may be left out refuses, before any session is touched', async () => {
    const harness = new ShardHarness();
    const { client: before } = harness.open(5);
    await before.connect({ clientId: 'a' });
    const { client } = harness.open(5);
    const connack = await client.connect({ clientId: 'a', properties: { maximumPacketSize: 8 } });
    expect(connack.reasonCode).toBe(0x83);
    await client.expectClosed();
    await before.expectNothing();
  });

  it.each([0, 1, 2] as const)(
    'a PUBLISH that is larger is dropped, counted and done with, QoS %i [MQTT-3.1.2-25]',
    async (qos) => {
      const harness = new ShardHarness();
      const properties = { maximumPacketSize: 100, receiveMaximum: 1, sessionExpiryInterval: 60 };
      const client = await connected(harness, properties);
      const other = await harness.client(5);
      await client.subscribe('t', qos);
      await other.subscribe('t', qos);
      const publisher = await harness.client(5);
      for (const payload of ['x'.repeat(100), 'y'.repeat(200), 'small']) {
        publisher.publish('t', payload, { qos });
        if (qos > 0) expect((await publisher.next(qos === 1 ? 'puback' : 'pubcomp')).reasonCode ?? 0).toBe(0);
      }
      await publisher.ping();
      expect((await client.next('publish')).payload.toString()).toBe('small');
      const lengths = [await other.next('publish'), await other.next('publish'), await other.next('publish')];
      expect(lengths.map(({ payload }) => payload.length)).toEqual([100, 200, 5]);
      expect(harness.shard.counters.dropped[DropReason.TooLarge]).toBe(2);
      await client.ping();
      client.destroy();
      const { client: again } = harness.open(5);
      const connack = await again.connect({ clientId: 'a', clean: false, properties: { sessionExpiryInterval: 60 } });
      expect(connack.sessionPresent).toBe(true);
      await again.expectNothing();
    },
  );

  it('a PUBLISH queued while the client was away is measured by the new maximum [MQTT-3.1.2-25]', async () => {
    const harness = new ShardHarness();
    const client = await connected(harness, { sessionExpiryInterval: 60 });
    await client.subscribe('t', 1);
    client.destroy();
    const publisher = await harness.client(5);
    for (const payload of ['x'.repeat(100), 'small']) publisher.publish('t', payload, { qos: 1 });
    await publisher.ping();
    const { client: again } = harness.open(5);
    const properties = { maximumPacketSize: 100, sessionExpiryInterval: 60 };
    await again.connect({ clientId: 'a', clean: false, properties });
    expect((await again.next('publish')).payload.toString()).toBe('small');
    await again.expectNothing();
    expect(harness.shard.counters.dropped[DropReason.TooLarge]).toBe(1);
  });
});

describe('Receive Maximum of the client', () => {
  it.each([1, 2] as const)('QoS %i: no more are under way, and the rest follows the acknowledgements', async (qos) => {
    const harness = new ShardHarness();
    const client = await connected(harness, { receiveMaximum: 2 });
    client.autoAcknowledge = false;
    await client.subscribe('t', qos);
    const publisher = await harness.client(5);
    for (const payload of ['1', '2', '3', '4']) publisher.publish('t', payload, { qos });
    await publisher.ping();
    const first = await client.next('publish');
    await client.next('publish');
    await client.expectNothing();
    if (qos === 1) client.send({ cmd: 'puback', messageId: first.messageId as number });
    else {
      client.send({ cmd: 'pubrec', messageId: first.messageId as number });
      await client.next('pubrel');
      await client.expectNothing();
      client.send({ cmd: 'pubcomp', messageId: first.messageId as number });
    }
    expect((await client.next('publish')).payload.toString()).toBe('3');
    await client.expectNothing();
  });

  it('is bounded by the inflight window of the server', async () => {
    const harness = new ShardHarness({ maxInflightMessages: 1 });
    const client = await connected(harness, {});
    client.autoAcknowledge = false;
    await client.subscribe('t', 1);
    const publisher = await harness.client(5);
    for (const payload of ['1', '2']) publisher.publish('t', payload, { qos: 1 });
    await publisher.ping();
    expect((await client.next('publish')).payload.toString()).toBe('1');
    await client.expectNothing();
  });
});
