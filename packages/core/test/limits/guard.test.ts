import { DENIAL_REASON_LABELS, type Shard } from '@nanomq-ts/core';
import { MemoryLink, MemoryTransport, ONE_SHARD, RawClient, ShardHarness } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';
import { DenialReason } from '../../src/observe/denial-reason.ts';

/** The denials of a shard by label, those that are none left out. */
function denials({ counters }: Shard): Record<string, number> {
  return Object.fromEntries(DENIAL_REASON_LABELS.map((label, i) => [label, counters.denied[i]]).filter(([, n]) => n));
}

function openFrom(harness: ShardHarness, remoteAddress: string) {
  const transport = new MemoryTransport({ remoteAddress });
  transport.attach(harness.shard.accept(transport));
  const client = new RawClient(new MemoryLink(transport, () => harness.clock.runTurn()), 4);
  return { transport, client };
}

it('every reason has a label of its own, in snake case', () => {
  const snakeCase = (name: string) => name.replaceAll(/(?<=.)[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
  const labels = Object.entries(DenialReason).map(([name, value]) => [snakeCase(name), value]);
  expect(labels).toEqual(DENIAL_REASON_LABELS.map((label, value) => [label, value]));
});

describe('connections from one address', () => {
  it('are no more than the limit, spoken or not; other addresses and those without one do not count', async () => {
    const harness = new ShardHarness({ maxConnectionsPerAddress: 2 });
    const first = openFrom(harness, '192.0.2.1');
    const second = openFrom(harness, '::ffff:192.0.2.1');
    await second.client.connect({ clientId: 'second' });
    const third = openFrom(harness, '192.0.2.1');
    await third.transport.whenClosed;
    for (const address of ['192.0.2.2', '', '', '']) expect(openFrom(harness, address).transport.state).toBe('open');
    expect([denials(harness.shard), harness.shard.counters.connectionsRefused]).toEqual([{ address_full: 1 }, 1]);
    expect(harness.logged).toMatchObject([{ level: 'info', fields: { remoteAddress: '192.0.2.1' } }]);
    first.client.destroy();
    expect(openFrom(harness, '192.0.2.1').transport.state).toBe('open');
  });

  it('count until the transport is closed, and cost nothing afterwards', async () => {
    const harness = new ShardHarness({ maxConnectionsPerAddress: 1 });
    for (let i = 0; i < 5; i++) {
      const { client, transport } = openFrom(harness, `2001:db8::${i}`);
      client.sendHex('00 00');
      expect(harness.shard.guard.addresses.size).toBe(1);
      await transport.whenClosed;
    }
    expect([harness.shard.guard.addresses.size, harness.shard.guard.handshakes.size]).toEqual([0, 0]);
  });
});

// The limit of handshakes is each shard's.
describe('connections that have no CONNACK yet', () => {
  it('give way to new ones, oldest first, once they were silent for a second', async () => {
    const harness = new ShardHarness({ maxHandshakes: 2 }, ONE_SHARD);
    const [oldest, older] = [harness.open(4), harness.open(4)];
    const tooSoon = harness.open(4);
    await tooSoon.client.expectClosed();
    harness.clock.advance(1000);
    const { client, transport } = harness.open(4);
    await oldest.client.expectClosed();
    expect([older.transport.state, transport.state]).toEqual(['open', 'open']);
    await client.connect({ clientId: 'a' });
    expect([denials(harness.shard), harness.shard.guard.handshakes.size]).toEqual([{ handshakes_full: 2 }, 1]);
  });

  it('who has said CONNECT and waits for an answer is not sent away', async () => {
    let answer: (code: number) => void = () => {};
    const harness = new ShardHarness(
      { maxHandshakes: 1 },
      {
        ...ONE_SHARD,
        access: {
          authenticate: () => new Promise<number>((resolve) => (answer = resolve)),
          checksPublish: false,
          publish: () => 0,
          subscribe: () => 0,
        },
      },
    );
    const { client } = harness.open(4);
    const connack = client.connect({ clientId: 'a' });
    harness.clock.advance(5000);
    await harness.open(4).client.expectClosed();
    answer(0);
    expect((await connack).returnCode).toBe(0);
    expect(harness.open(4).transport.state).toBe('open');
  });

  it('are not limited by default', () => {
    const harness = new ShardHarness();
    const transports = Array.from({ length: 500 }, () => harness.open(4).transport);
    expect(transports.every(({ state }) => state === 'open')).toBe(true);
  });
});

describe('a ban', () => {
  it('goes by the name that the Access gave the client', async () => {
    const access = {
      authenticate: () => ({ reasonCode: 0, username: 'common name' }),
      checksPublish: false,
      publish: () => 0,
      subscribe: () => 0,
    };
    const harness = new ShardHarness({}, { ...ONE_SHARD, access });
    harness.shard.guard.ban({ by: 'username', value: 'common name', untilMs: Number.POSITIVE_INFINITY, reason: '' });
    const { client } = harness.open(5);
    expect((await client.connect({ clientId: 'c' })).reasonCode).toBe(0x8a);
  });

  it.each([
    ['client_id', 'c'],
    ['username', 'u'],
    ['address', '127.0.0.1'],
  ] as const)('by %s that comes while the Access is asked holds', async (by, value) => {
    let answer = (_: number) => {};
    const isAsked = new Promise<number>((resolve) => {
      answer = resolve;
    });
    const access = { authenticate: () => isAsked, checksPublish: false, publish: () => 0, subscribe: () => 0 };
    const harness = new ShardHarness({}, { ...ONE_SHARD, access });
    const { client } = openFrom(harness, '127.0.0.1');
    const connack = client.connect({ clientId: 'c', username: 'u' });
    harness.settle();
    harness.shard.guard.ban({ by, value, untilMs: Number.POSITIVE_INFINITY, reason: '' });
    answer(0);
    // MQTT 3.1.1: not authorized
    expect((await connack).returnCode).toBe(5);
    expect([harness.shard.sessions.onlineCount, denials(harness.shard)]).toEqual([0, { banned: 1 }]);
  });
});

describe('every denial is counted by its reason', () => {
  it.each([
    [
      'connect_timeout',
      {},
      (harness: ShardHarness) => {
        harness.open(5);
        harness.clock.advance(11_000);
      },
    ],
    [
      'connections_full',
      { maxConnections: 1 },
      async (harness: ShardHarness) => {
        await harness.client(5);
        await harness.open(5).client.connect({ clientId: 'second' });
      },
    ],
    [
      'connect_invalid',
      {},
      async (harness: ShardHarness) => {
        const will = { topic: '$SYS/x', payload: Buffer.alloc(0), qos: 0, retain: false } as const;
        await harness.open(5).client.connect({ clientId: 'a', will });
      },
    ],
    [
      'subscriptions_full',
      { maxSubscriptions: 1 },
      async (harness: ShardHarness) => {
        const client = await harness.client(5);
        await client.subscribe('a');
        expect((await client.subscribe('b')).granted).toEqual([0x97]);
      },
    ],
  ])('%s', async (label, options, provoke) => {
    const harness = new ShardHarness(options);
    await provoke(harness);
    expect(denials(harness.shard)).toEqual({ [label]: 1 });
  });

  it('not_authorized and authentication_timeout', async () => {
    let answer: number | Promise<number> = 0x87;
    const access = { authenticate: () => answer, checksPublish: false, publish: () => 0, subscribe: () => 0 };
    const harness = new ShardHarness({}, { access });
    await harness.open(5).client.connect({ clientId: 'a' });
    answer = new Promise(() => {});
    harness.open(5).client.sendConnect({ clientId: 'a' });
    harness.clock.advance(11_000);
    expect(denials(harness.shard)).toEqual({ not_authorized: 1, authentication_timeout: 1 });
  });
});
