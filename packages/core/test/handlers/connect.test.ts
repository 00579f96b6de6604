import { ShardHarness } from '@nanomq-ts/testkit';
import type { IConnackPacket } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';

const VERSIONS = [
  ['3.1', 3],
  ['3.1.1', 4],
  ['5.0', 5],
] as const;

/** Reason code of 5.0 or return code of 3.x. */
function codeOf(connack: IConnackPacket): number | undefined {
  return connack.reasonCode ?? connack.returnCode;
}

/** A session that outlives its connection, for any version. */
function kept(version: 3 | 4 | 5, clientId: string, clean = false) {
  return {
    clientId,
    clean,
    ...(version === 5 && { properties: { sessionExpiryInterval: 3600 } }),
  };
}

describe.each(VERSIONS)('CONNECT, MQTT %s', (_, version) => {
  it('[MQTT-3.1.4-5] [MQTT-3.2.0-1] [MQTT-3.2.0-2] is answered with one CONNACK before anything else', async () => {
    const harness = new ShardHarness();
    const first = await harness.client(version, kept(version, 'a'));
    await first.subscribe('t', 1);
    first.destroy();
    const publisher = await harness.client(version);
    publisher.publish('t', 'x', { qos: 1 });
    await publisher.next('puback');
    const { client } = harness.open(version);
    const connack = await client.connect(kept(version, 'a'));
    await client.next('publish');
    expect(codeOf(connack)).toBe(0);
    expect(client.received.map(({ cmd }) => cmd)).toEqual(['connack', 'publish']);
  });

  it('[MQTT-3.1.3-5] takes client identifiers of 1 to 23 letters and digits', async () => {
    const harness = new ShardHarness();
    for (const clientId of ['0', 'abcdefghijklmnopqrstuvw', '0123456789ABCDEFGHIJKLM', 'XYZxyz']) {
      const { client } = harness.open(version);
      expect(codeOf(await client.connect({ clientId }))).toBe(0);
    }
    expect(harness.shard.sessions.onlineCount).toBe(4);
  });

  it.each([
    ['a wildcard', 'w/+/t', 0x90],
    ['a # wildcard', 'w/#', 0x90],
    ['200 levels', '/'.repeat(199), 0x90],
    ['a system topic', '$SYS/brokers', 0x87],
  ])('[MQTT-3.1.4-2] [MQTT-4.13.2-1] refuses a will to %s', async (_, topic, reasonCode) => {
    const harness = new ShardHarness();
    const { client } = harness.open(version);
    client.sendConnect({ clientId: 'a', will: { topic, payload: Buffer.from('x'), qos: 0, retain: false } });
    if (version === 5 || reasonCode === 0x87) {
      expect(codeOf(await client.next('connack'))).toBe(version === 5 ? reasonCode : 5);
    }
    await client.expectClosed();
    expect([client.received.length, harness.shard.sessions.size]).toEqual([
      version === 5 || reasonCode === 0x87 ? 1 : 0,
      0,
    ]);
  });

  it('[MQTT-3.1.4-6] [MQTT-3.2.2-7] nothing behind a refused CONNECT is processed', async () => {
    const harness = new ShardHarness();
    const witness = await harness.client(version);
    await witness.subscribe('#');
    const { client, transport } = harness.open(version);
    const refused = '10 14 00 04 4d 51 54 54 04 06 00 3c 00 01 61 00 02 77 23 00 01 78'; // will to `w#`
    client.sendHex(`${refused} 30 04 00 01 77 78 10 0d 00 04 4d 51 54 54 04 02 00 3c 00 01 62`);
    await client.expectClosed();
    expect(transport.sent).toHaveLength(0);
    await witness.expectNothing();
    expect(harness.shard.sessions.onlineCount).toBe(1);
  });

  it('[MQTT-3.2.2-6] refuses one connection more than the limit with 0x89, sessionPresent 0', async () => {
    const harness = new ShardHarness({ maxConnections: 2 });
    await harness.client(version, kept(version, 'a'));
    const b = await harness.client(version, kept(version, 'b'));
    const { client } = harness.open(version);
    const connack = await client.connect(kept(version, 'c'));
    expect([codeOf(connack), connack.sessionPresent]).toEqual([version === 5 ? 0x89 : 3, false]);
    await client.expectClosed();
    // A session that is online already may be taken over, and one that has left makes room.
    const { client: again } = harness.open(version);
    expect(codeOf(await again.connect(kept(version, 'b')))).toBe(0);
    await b.expectClosed();
    again.destroy();
    const { client: late } = harness.open(version);
    expect(codeOf(await late.connect(kept(version, 'c')))).toBe(0);
    expect(harness.shard.counters.connectionsRefused).toBe(1);
  });
});

describe('the client identifier', () => {
  it.each([
    ['3.1.1', 4],
    ['5.0', 5],
  ] as const)(
    '[MQTT-3.1.3-6] [MQTT-3.2.2-16] MQTT %s: an empty one is replaced by one nobody has',
    async (_, version) => {
      const harness = new ShardHarness();
      for (let i = 0; i < 3; i++) {
        const { client } = harness.open(version);
        expect(codeOf(await client.connect({ clientId: '' }))).toBe(0);
      }
      const names = [...harness.shard.sessions.values()].map(({ clientId }) => clientId);
      expect(new Set(names).size).toBe(3);
      for (const name of names) expect(name).toMatch(/^nanomq-[0-9a-f]{8}$/);
    },
  );

  it('[MQTT-3.1.3-7] the assigned one is returned and serves as if the client had sent it', async () => {
    const harness = new ShardHarness();
    const properties = { sessionExpiryInterval: 60 };
    const { client } = harness.open(5);
    const assigned = (await client.connect({ properties })).properties?.assignedClientIdentifier as string;
    client.destroy();
    const { client: again } = harness.open(5);
    const connack = await again.connect({ clientId: assigned, clean: false, properties });
    expect([connack.sessionPresent, connack.properties?.assignedClientIdentifier]).toEqual([true, undefined]);
  });

  it.each([
    ['[v3.1.1 MQTT-3.1.3-8] 3.1.1: none with clean session 0', 4, '10 0c 00 04 4d 51 54 54 04 00 00 3c 00 00'],
    ['3.1: none, clean session 1', 3, '10 0e 00 06 4d 51 49 73 64 70 03 02 00 3c 00 00'],
    [
      '[v3.1.1 MQTT-3.1.3-9] 3.1: 24 characters',
      3,
      `10 26 00 06 4d 51 49 73 64 70 03 02 00 3c 00 18 ${'61'.repeat(24)}`,
    ],
  ] as const)('%s is refused with return code 2', async (_, version, hex) => {
    const harness = new ShardHarness();
    const { client, transport } = harness.open(version);
    client.sendHex(hex);
    expect((await client.next('connack')).returnCode).toBe(2);
    await client.expectClosed();
    expect([transport.state, harness.shard.sessions.size]).toEqual(['closed', 0]);
    expect(harness.logged.map(({ fields }) => fields.code)).toEqual(['CLIENT_ID_INVALID']);
  });

  it('5.0: none with clean start 0 is assigned one, without a session', async () => {
    const { client } = new ShardHarness().open(5);
    client.sendHex('10 0d 00 04 4d 51 54 54 05 00 00 3c 00 00 00');
    const connack = await client.next('connack');
    expect([connack.reasonCode, connack.sessionPresent]).toEqual([0, false]);
  });

  it('MQTT 5.0 refuses none, of whatever length and characters', async () => {
    const { client } = new ShardHarness().open(5);
    const connack = await client.connect({ clientId: 'ä/+#$'.repeat(1000) });
    expect(connack.reasonCode).toBe(0);
  });

  it.each([4, 5] as const)(
    'the longest that fits works for everything named after it, protocol %i',
    async (version) => {
      const harness = new ShardHarness({ maxConnectPacketBytes: 128 * 1024 });
      const watcher = await harness.client(5);
      await watcher.subscribe('$SYS/brokers/#');
      const { client } = harness.open(version);
      const properties = { requestResponseInformation: true };
      const connack = await client.connect({ clientId: 'x'.repeat(65_535), ...(version === 5 && { properties }) });
      expect(codeOf(connack)).toBe(0);
      expect(connack.properties?.responseInformation).toBeUndefined();
      await client.expectNothing();
      client.destroy();
      await watcher.expectNothing();
      expect(harness.logged).toEqual([]);
    },
  );
});

describe('protocol name and version', () => {
  it.each([
    [
      '[MQTT-3.1.2-2] a later version is told 0x84 in the form of 5.0',
      '10 0e 00 04 4d 51 54 54 06 02 00 3c 00 00 01 61',
      [0x20, 0, 0x84],
    ],
    [
      '[MQTT-3.1.2-1] another name at level 5 is told 0x84',
      '10 0e 00 04 4d 51 54 58 05 02 00 3c 00 00 01 61',
      [0x20, 0, 0x84],
    ],
    [
      '[v3.1.1 MQTT-3.1.2-2] an earlier level gets return code 1',
      '10 0d 00 04 4d 51 54 54 02 02 00 3c 00 01 61',
      [0x20, 0, 1],
    ],
    [
      '[v3.1.1 MQTT-3.1.2-1] another name is not processed',
      '10 0d 00 04 6d 71 74 74 04 02 00 3c 00 01 61',
      [0x20, 0, 1],
    ],
  ])('%s', async (_, hex, answer) => {
    const harness = new ShardHarness();
    const { client, transport } = harness.open(4);
    client.sendHex(hex);
    harness.clock.runTurn();
    await transport.whenClosed;
    expect([transport.sent[0], transport.sent[2], transport.sent[3]]).toEqual(answer);
    expect(harness.shard.sessions.size).toBe(0);
  });

  it('a reason string follows 0x84', async () => {
    const { client } = new ShardHarness().open(5);
    client.sendHex('10 0e 00 04 4d 51 54 54 06 02 00 3c 00 00 01 61');
    const connack = await client.next('connack');
    expect([connack.reasonCode, typeof connack.properties?.reasonString]).toEqual([0x84, 'string']);
  });
});

describe('enhanced authentication', () => {
  it('[MQTT-4.12.0-1] [MQTT-4.12.0-4] [MQTT-3.1.2-30] a method is refused with 0x8C, AUTH behind it is not read', async () => {
    const harness = new ShardHarness();
    const { client } = harness.open(5);
    client.sendConnect({ clientId: 'a', properties: { authenticationMethod: 'SCRAM-SHA-1' } });
    client.sendHex('f0 0f 18 0d 15 00 05 53 43 52 41 4d 16 00 02 00 01');
    expect((await client.next('connack')).reasonCode).toBe(0x8c);
    await client.expectClosed();
    expect(client.received.map(({ cmd }) => cmd)).toEqual(['connack']);
    expect(harness.shard.sessions.size).toBe(0);
  });

  it('[MQTT-4.12.0-6] without a method none is in CONNACK', async () => {
    const { client } = new ShardHarness().open(5);
    const { properties } = await client.connect({ clientId: 'a' });
    expect(properties?.authenticationMethod).toBeUndefined();
    expect(properties?.authenticationData).toBeUndefined();
  });
});

describe('a will payload that is declared to be UTF-8', () => {
  it.each([
    ['is refused with 0x99 when it is not', Buffer.from([0xff, 0xfe]), 0x99],
    ['is accepted when it is', Buffer.from('grün'), 0],
  ])('%s', async (_, payload, reasonCode) => {
    const { client } = new ShardHarness().open(5);
    const properties = { payloadFormatIndicator: true };
    const connack = await client.connect({
      clientId: 'a',
      will: { topic: 'w', payload, qos: 0, retain: false, properties },
    });
    expect(connack.reasonCode).toBe(reasonCode);
  });
});
