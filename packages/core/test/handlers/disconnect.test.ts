import { ShardHarness } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';

const VERSIONS = [
  ['3.1', 3],
  ['3.1.1', 4],
  ['5.0', 5],
] as const;

const WILL = { topic: 'w', payload: Buffer.from('bye'), qos: 0, retain: false } as const;

/** A harness with a client `a` that has a will, and a witness who would see it. */
async function withWill(version: 3 | 4 | 5, sessionExpiryInterval?: number) {
  const harness = new ShardHarness();
  const witness = await harness.client(version);
  await witness.subscribe('w');
  const { client, transport } = harness.open(version);
  const properties = sessionExpiryInterval === undefined ? undefined : { sessionExpiryInterval };
  await client.connect({ clientId: 'a', will: WILL, ...(properties && { properties }) });
  transport.take();
  return { harness, witness, client, transport };
}

describe.each(VERSIONS)('DISCONNECT, MQTT %s', (_, version) => {
  it('[MQTT-3.14.4-3] [MQTT-3.1.2-10] discards the will, which is never published', async () => {
    const { harness, witness, client, transport } = await withWill(version);
    client.send({ cmd: 'disconnect' });
    await client.expectClosed();
    expect(transport.sent).toHaveLength(0);
    harness.clock.advance(100_000);
    await witness.expectNothing();
    expect(harness.shard.sessions.find('a')).toBeUndefined();
  });

  it('[MQTT-3.1.2-10] leaves no will to a session that stays', async () => {
    const harness = new ShardHarness();
    const witness = await harness.client(version);
    await witness.subscribe('w');
    const { client } = harness.open(version);
    const kept = { clientId: 'a', clean: false, ...(version === 5 && { properties: { sessionExpiryInterval: 9 } }) };
    await client.connect({ ...kept, will: WILL });
    client.send({ cmd: 'disconnect' });
    await client.expectClosed();
    expect(harness.shard.sessions.find('a')?.will).toBeNull();
    const { client: again } = harness.open(version);
    await again.connect(kept);
    again.destroy();
    harness.clock.advance(20_000);
    await witness.expectNothing();
  });

  it('ends the connection at once: what stands behind it is not read', async () => {
    const { harness, witness, client } = await withWill(version);
    const publish = version === 5 ? '30 05 00 01 77 00 78' : '30 04 00 01 77 78';
    client.sendHex(`e0 00 ${publish} c0 00`);
    await client.expectClosed();
    await witness.expectNothing();
    expect(harness.shard.counters.connectionsFailed).toBe(0);
    expect(client.received.map(({ cmd }) => cmd)).toEqual(['connack']);
  });

  it('what was published before it still goes out', async () => {
    const { witness, client } = await withWill(version);
    client.publish('w', 'last');
    client.send({ cmd: 'disconnect' });
    expect((await witness.next('publish')).payload.toString()).toBe('last');
    await witness.expectNothing();
  });
});

describe('the reason code of DISCONNECT', () => {
  it.each([0x04, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99])(
    '0x%s: the will is published [MQTT-3.14.2-1] [MQTT-3.1.2-8]',
    async (reasonCode) => {
      const { witness, client, transport } = await withWill(5);
      client.send({ cmd: 'disconnect', reasonCode });
      expect((await witness.next('publish')).payload.toString()).toBe('bye');
      await client.expectClosed();
      expect(transport.sent).toHaveLength(0);
    },
  );

  it.each([0x8e, 0x87, 0x01, 0xff])('%i, which no client has, is a Protocol Error [MQTT-3.14.2-1]', async (code) => {
    const { witness, client } = await withWill(5);
    client.sendHex(`e0 01 ${code.toString(16).padStart(2, '0')}`);
    expect((await client.next('disconnect')).reasonCode).toBe(0x82);
    await client.expectClosed();
    expect((await witness.next('publish')).payload.toString()).toBe('bye');
  });

  it.each([
    [0, 0],
    [0x04, 0],
    [0x98, 0x98],
  ])('0x%s reaches the offline event as 0x%s', async (reasonCode, told) => {
    const harness = new ShardHarness();
    const codes: number[] = [];
    harness.shard.events.add({ disconnected: (_, code) => void codes.push(code) });
    const client = await harness.client(5);
    client.send({ cmd: 'disconnect', reasonCode });
    await client.expectClosed();
    expect(codes).toEqual([told]);
  });
});

describe('the session expiry interval in DISCONNECT', () => {
  it.each([
    ['lowered', 3600, 10, 9, 11],
    ['raised', 10, 3600, 3599, 3601],
    ['left as it is', 10, undefined, 9, 11],
    ['made the shortest', 3600, 1, 0, 2],
  ])('%s', async (_, before, sessionExpiryInterval, alive, gone) => {
    const { harness, client } = await withWill(5, before);
    const properties = sessionExpiryInterval === undefined ? {} : { sessionExpiryInterval };
    client.send({ cmd: 'disconnect', reasonCode: 0, properties });
    await client.expectClosed();
    harness.clock.advance(alive * 1000);
    expect(harness.shard.sessions.find('a')).toBeDefined();
    harness.clock.advance((gone - alive) * 1000);
    expect(harness.shard.sessions.find('a')).toBeUndefined();
  });

  it('0 ends the session with the connection', async () => {
    const { harness, client } = await withWill(5, 3600);
    client.send({ cmd: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 0 } });
    await client.expectClosed();
    expect(harness.shard.sessions.find('a')).toBeUndefined();
  });

  it('0xFFFFFFFF lets the session live on for ever', async () => {
    const { harness, client } = await withWill(5, 10);
    client.send({ cmd: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 0xffffffff } });
    await client.expectClosed();
    expect(harness.shard.sessions.find('a')?.expiryTimer?.isScheduled ?? false).toBe(false);
    harness.clock.advance(3_600_000);
    expect(harness.shard.sessions.find('a')).toBeDefined();
  });

  it('is bounded by what the server grants', async () => {
    const harness = new ShardHarness({ maxSessionExpirySeconds: 100 });
    const { client } = harness.open(5);
    await client.connect({ clientId: 'a', properties: { sessionExpiryInterval: 10 } });
    client.send({ cmd: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 3600 } });
    await client.expectClosed();
    expect(harness.shard.sessions.find('a')?.expirySeconds).toBe(100);
  });

  it('after 0 in CONNECT is a Protocol Error, so no normal DISCONNECT: the will goes out [MQTT-4.13.1-1]', async () => {
    const { harness, witness, client } = await withWill(5, 0);
    client.send({ cmd: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 10 } });
    expect((await client.next('disconnect')).reasonCode).toBe(0x82);
    await client.expectClosed();
    expect((await witness.next('publish')).payload.toString()).toBe('bye');
    expect(harness.shard.sessions.find('a')).toBeUndefined();
  });

  it('0 after 0 in CONNECT is as good as none', async () => {
    const { witness, client, transport } = await withWill(5, 0);
    client.send({ cmd: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 0 } });
    await client.expectClosed();
    expect(transport.sent).toHaveLength(0);
    await witness.expectNothing();
  });
});
