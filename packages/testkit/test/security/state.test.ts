import { type Access, MemoryStore, OpenAccess } from '@nanomq-ts/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { naiveMatch, RandomSource, type RawClient, ShardHarness } from '../../src/index.ts';
import { attacker, victim } from './victim.ts';

describe('codepr/sol#17: the same client identifier again', () => {
  it.each([3, 4, 5] as const)('leaves one live connection and tells the old one, version %i', async (version) => {
    const at = await victim();
    const clients: RawClient[] = [];
    for (let i = 0; i < 5; i++) {
      const client = await attacker(at, version);
      await client.subscribe('t');
      clients.push(client);
    }
    const publisher = await at.harness.client(4);
    publisher.publish('t', 'x');
    await publisher.ping();
    expect((await (clients[4] as RawClient).next('publish')).payload.toString()).toBe('x');
    for (const client of clients.slice(0, 4)) {
      await client.expectClosed();
      expect(client.received.filter(({ cmd }) => cmd === 'publish')).toEqual([]);
      if (version === 5) expect(client.takeNow('disconnect')?.reasonCode).toBe(0x8e);
    }
    expect(at.harness.shard.sessions.onlineCount).toBe(4);
    await at.expectUnharmed();
  });
});

it('EMQX 6.2.1 notes: nothing is published or subscribed before the client is let in', async () => {
  let answer: (code: number) => void = () => {};
  const access: Access = Object.assign(new OpenAccess(true), {
    authenticate: ({ clientId }: { readonly clientId: string }) =>
      clientId === 'attacker' ? new Promise<number>((resolve) => (answer = resolve)) : 0,
  });
  const at = await victim({}, { access });
  const { client } = at.harness.open(4);
  client.sendConnect({ clientId: 'attacker' });
  client.publish('honest', 'too soon', { retain: true });
  client.sendHex('82 06 00 01 00 01 23 00');
  at.harness.clock.runTurn();
  expect([at.harness.shard.retained.size, at.harness.shard.index.size]).toEqual([0, 1]);
  answer(0x87);
  await client.expectClosed();
  expect([at.harness.shard.retained.size, at.harness.shard.index.size]).toEqual([0, 1]);
  await at.expectUnharmed();
});

describe('CVE-2024-8376: random SUBSCRIBE and UNSUBSCRIBE', () => {
  const filter = fc.constantFrom('a', 'a/b', 'a/+', '+/b', '#', 'a/#', '$share/g/a/b', '$share/g/#');
  const step = fc.record({ does: fc.constantFrom('subscribe', 'unsubscribe'), filter });

  it('leave what a map of them says, and nothing at the end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const harness = new ShardHarness();
        const client = await harness.client(5, { clientId: 'c' });
        const publisher = await harness.client(4);
        const model = new Set<string>();
        for (const { does, filter: topicFilter } of steps) {
          if (does === 'subscribe') {
            await client.subscribe(topicFilter);
            model.add(topicFilter);
          } else {
            const { granted } = await client.unsubscribe(topicFilter);
            expect(granted).toEqual([model.delete(topicFilter) ? 0 : 0x11]);
          }
          expect(harness.shard.index.size).toBe(model.size);
        }
        publisher.publish('a/b', 'x');
        await publisher.ping();
        let copies = 0;
        while (client.takeNow('publish') !== undefined) copies++;
        const expected = [...model].filter((each) => naiveMatch(each.replace('$share/g/', ''), 'a/b')).length;
        const shared = [...model].filter((each) => each.startsWith('$share/')).length;
        // Of two shared subscriptions with one share name but other filters each gets its own copy.
        expect([copies > 0, copies <= expected]).toEqual([expected > 0, true]);
        expect(copies).toBeGreaterThanOrEqual(Math.min(expected, shared + (expected > shared ? 1 : 0)));
        client.destroy();
        expect(harness.shard.index.size).toBe(0);
      }),
      { numRuns: 150 },
    );
  });
});

describe('CVE-2026-95842: a fault of ours in a handler', () => {
  /** Fails at the method, for the attacker alone. */
  function failingStore(method: keyof MemoryStore): MemoryStore {
    const store = new MemoryStore();
    Object.defineProperty(store, method, {
      value: (of: string | { clientId: string }) => {
        const clientId = typeof of === 'string' ? of : of.clientId;
        if (clientId === 'attacker') throw new Error('injected');
      },
    });
    return store;
  }

  it.each([
    ['CONNECT', 'sessionSaved', ''],
    ['SUBSCRIBE', 'subscriptionSaved', '82 07 00 01 00 00 01 74 01'],
    ['UNSUBSCRIBE', 'subscriptionRemoved', '82 07 00 01 00 00 01 74 01 a2 06 00 02 00 00 01 74'],
    ['PUBLISH, QoS 2', 'inboundIdAdded', '34 07 00 01 78 00 05 00 31'],
    ['PUBREL', 'inboundIdRemoved', '34 07 00 01 78 00 05 00 31 62 02 00 05'],
    ['PUBLISH to oneself', 'messageAdded', '82 07 00 01 00 00 01 74 01 32 07 00 01 74 00 05 00 31'],
  ] as const)('in %s costs that client its connection and no other', async (_, method, hex) => {
    const at = await victim({}, { store: failingStore(method) });
    const { client } = at.harness.open(5);
    client.sendConnect({ clientId: 'attacker', clean: false, properties: { sessionExpiryInterval: 60 } });
    client.sendHex(hex);
    await client.expectClosed();
    expect(at.harness.logged.map(({ level }) => level)).toEqual(['error']);
    expect(at.harness.shard.counters.failedByCode.get('INTERNAL')).toBe(1);
    at.harness.logged.length = 0;
    await at.expectUnharmed();
  });
});

describe('CVE-2026-42209: 0 and 1 as the value of every number of CONNECT and of the options', () => {
  const numbers = [0, 1] as const;
  const OPTIONS = [
    'queueLimitMessages',
    'queueLimitBytes',
    'maxTopicAlias',
    'retryIntervalMs',
    'keepAliveMultiplier',
    'maxInflightMessages',
    'receiveMaximum',
    'maxAwaitingRel',
    'serverKeepAliveSeconds',
    'maxSessionExpirySeconds',
    'maxSubscriptions',
    'maxOutBufferBytes',
    'maxRetainedMessages',
    'maxRetainedBytes',
    'routeCacheEntries',
    'maxUserProperties',
    'maxMessagesPerSecond',
    'maxBytesPerSecond',
    'flappingDisconnects',
    'flappingWindowMs',
    'flappingBanMs',
    'maxLoopDelayMs',
    'denialLogIntervalMs',
  ] as const;

  it.each(OPTIONS.flatMap((name) => numbers.map((value) => [name, value] as const)))('%s = %i', async (name, value) => {
    const harness = new ShardHarness({ [name]: value });
    for (const version of [3, 4, 5] as const) {
      const { client } = harness.open(version);
      client.sendConnect({ clientId: `c${version}`, keepAliveSeconds: value });
      client.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: '#', qos: 2 }] });
      for (const qos of [0, 1, 2] as const) client.publish('t', 'x', { qos, retain: true });
      harness.clock.advance(2000);
      client.takeNow('connack');
      client.destroy();
    }
    expect(harness.logged.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it.each(numbers)('receive maximum, session expiry, alias maximum and keep alive of a client = %i', async (value) => {
    const at = await victim();
    const { client } = at.harness.open(5);
    const properties = {
      sessionExpiryInterval: value,
      topicAliasMaximum: value,
      ...(value > 0 && { receiveMaximum: value, maximumPacketSize: 64 }),
    };
    await client.connect({ clientId: 'attacker', keepAliveSeconds: value, properties });
    await client.subscribe('#', 2);
    for (let i = 0; i < 3; i++) client.publish('t', 'x', { qos: 1, retain: true });
    await client.ping();
    client.destroy();
    await at.expectUnharmed();
    at.harness.clock.advance(5000);
    expect(at.harness.shard.sessions.find('attacker')).toBeUndefined();
  });
});

describe('CVE-2019-11778: will delay against session expiry and takeover', () => {
  const seconds = [0, 1, 10, 100];
  const rows = seconds.flatMap((delay) =>
    seconds.flatMap((expiry) =>
      (['stays away', 'resumes', 'begins anew'] as const).map((then) => [delay, expiry, then] as const),
    ),
  );

  it.each(rows)('delay %i s, expiry %i s, the client %s', async (delay, expiry, then) => {
    const at = await victim();
    const witness = await at.harness.client(5);
    await witness.subscribe('w');
    const { client } = at.harness.open(5);
    const will = { topic: 'w', payload: Buffer.from('bye'), qos: 0, retain: false } as const;
    const properties = { sessionExpiryInterval: expiry };
    await client.connect({
      clientId: 'attacker',
      clean: false,
      properties,
      will: { ...will, properties: { willDelayInterval: delay } },
    });
    client.destroy();
    const wills = () => {
      let count = 0;
      while (witness.takeNow('publish') !== undefined) count++;
      return count;
    };
    const dueSeconds = Math.min(delay, expiry);
    let count = wills();
    expect(count).toBe(dueSeconds === 0 ? 1 : 0);
    if (then !== 'stays away') {
      const { client: again } = at.harness.open(5);
      await again.connect({ clientId: 'attacker', clean: then === 'begins anew', properties });
      count += wills();
      // A session that is resumed in time takes the will along; one that begins anew ends the old one and sends it.
      expect(count).toBe(dueSeconds === 0 || then === 'begins anew' ? 1 : 0);
      again.send({ cmd: 'disconnect' });
    }
    at.harness.clock.advance(200_000);
    count += wills();
    expect(count).toBe(dueSeconds > 0 && then === 'resumes' ? 0 : 1);
    expect(at.harness.shard.sessions.find('attacker')).toBeUndefined();
    await at.expectUnharmed();
  });
});

it('CVE-2025-59946 CVE-2023-34494 CVE-2026-22040: a storm of connections with one client identifier and subscriptions in between', async () => {
  const at = await victim();
  const random = new RandomSource(56);
  const filters = ['a', 'a/+', '#', '$share/g/a'];
  const held = new Set<string>();
  let client: RawClient | null = null;
  for (let round = 0; round < 500; round++) {
    const clean = random.chance(1, 4);
    const next = at.harness.open(5).client;
    const connack = await next.connect({ clientId: 'storm', clean, properties: { sessionExpiryInterval: 60 } });
    expect(connack.sessionPresent).toBe(!clean && round > 0);
    if (clean) held.clear();
    for (let left = random.below(3); left > 0; left--) {
      const topicFilter = random.pick(filters);
      if (random.chance(1, 2)) {
        next.subscribe(topicFilter).catch(() => {});
        held.add(topicFilter);
      } else if (held.delete(topicFilter)) next.unsubscribe(topicFilter).catch(() => {});
    }
    if (random.chance(1, 3)) next.destroy();
    if (client !== null && !client.link.isClosed) await client.expectClosed();
    client = next;
    const subscriptions = at.harness.shard.sessions.find('storm')?.subscriptions;
    expect([...(subscriptions?.keys() ?? [])].sort()).toEqual([...held].sort());
    expect(at.harness.shard.index.size).toBe(1 + held.size);
  }
  await at.expectUnharmed();
});
