// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders of rules look so
import { DropReason } from '@nanomq-ts/core';
import type { RawClient } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';
import { settings } from '../settings.ts';
import { GuardedShard, topicsOf } from './guarded-shard.ts';

const allow = (action: string, ...topics: string[]) => ({ permit: 'allow', action, topics });
const deny = (action: string, ...topics: string[]) => ({ permit: 'deny', action, topics });

describe.each([3, 4, 5] as const)('rules, version %i', (version) => {
  it.each([0, 1, 2] as const)('keep a client from publishing: QoS %i goes nowhere and is acknowledged', async (qos) => {
    const at = new GuardedShard(settings({ rules: [deny('publish', 'no/#')] }));
    const reader = await at.client(version, { clientId: 'reader' });
    await reader.subscribe('#', 2);
    const client = await at.client(version);
    client.autoAcknowledge = false;
    client.publish('no/a', 'x', { qos, retain: true });
    if (qos > 0) {
      const ack = await client.next(qos === 1 ? 'puback' : 'pubrec');
      expect(ack.reasonCode ?? 0).toBe(version === 5 ? 0x87 : 0);
    }
    client.publish('yes', 'y');
    await client.ping();
    expect(await topicsOf(reader)).toEqual(['yes']);
    expect(at.harness.shard.retained.size).toBe(0);
    expect(at.harness.shard.counters.dropped[DropReason.NotAuthorized]).toBe(1);
  });

  it('with deny_action = disconnect end the connection of who publishes it, and of nobody who subscribes', async () => {
    const at = new GuardedShard(settings({ rules: [deny('pubsub', 'no')], denyAction: 'disconnect' }));
    const client = await at.client(version);
    expect((await client.subscribe('no')).granted).toEqual([version === 5 ? 0x87 : 0x80]);
    await client.ping();
    client.publish('no', 'x', { qos: 1 });
    await client.expectClosed();
    if (version === 5) expect(client.takeNow('disconnect')?.reasonCode).toBe(0x87);
    expect(client.takeNow('puback')).toBeUndefined();
  });

  it('grant each filter of a SUBSCRIBE by itself', async () => {
    const at = new GuardedShard(settings({ rules: [deny('subscribe', 'no', '@#')] }));
    const client = await at.client(version);
    const filters = ['a', 'no', '#', 'b/+'].map((topic) => ({ topic, qos: 1 as const }));
    const refused = version === 5 ? 0x87 : 0x80;
    expect((await client.subscribe(filters)).granted).toEqual([1, refused, refused, 1]);
  });

  it('keep messages from a subscription that is wider than the right to receive', async () => {
    const at = new GuardedShard(settings({ rules: [deny('subscribe', 'a/secret'), allow('pubsub', '#')] }));
    const reader = await at.client(version, { clientId: 'reader' });
    expect((await reader.subscribe('a/#')).granted).toEqual([0]);
    const writer = await at.client(version, { clientId: 'writer' });
    for (const topic of ['a/open', 'a/secret', 'a/secret/x']) writer.publish(topic, 'x');
    await writer.ping();
    expect(await topicsOf(reader)).toEqual(['a/open', 'a/secret/x']);
  });

  it('CVE-2026-58209: hold for retained messages as for live ones, and for what waited for a session', async () => {
    const open = settings({ rules: [allow('pubsub', '#')] });
    const at = new GuardedShard(open);
    const durable = version === 5 ? { properties: { sessionExpiryInterval: 99 } } : {};
    const reader = await at.client(version, { clientId: 'reader', clean: false, ...durable });
    await reader.subscribe('a/#', 1);
    reader.destroy();
    const writer = await at.client(version, { clientId: 'writer' });
    for (const topic of ['a/open', 'a/secret']) writer.publish(topic, 'x', { qos: 1, retain: true });
    await writer.ping();
    at.rules.replace(settings({ rules: [deny('subscribe', 'a/secret'), allow('pubsub', '#')] }));
    const back = await at.client(version, { clientId: 'reader', clean: false, ...durable });
    expect(await topicsOf(back)).toEqual(['a/open']);
    const late = await at.client(version, { clientId: 'late' });
    await late.subscribe('a/#', 1);
    expect(await topicsOf(late)).toEqual(['a/open']);
  });

  it('CVE-2021-34434: end the subscriptions of a session that is resumed without the grant', async () => {
    const at = new GuardedShard(settings());
    const durable = version === 5 ? { properties: { sessionExpiryInterval: 99 } } : {};
    const reader = await at.client(version, { clean: false, ...durable });
    await reader.subscribe('a', 1);
    await reader.subscribe('b', 1);
    reader.destroy();
    at.rules.replace(settings({ rules: [deny('subscribe', 'a')] }));
    const back = await at.client(version, { clean: false, ...durable });
    const writer = await at.client(version, { clientId: 'writer' });
    for (const topic of ['a', 'b']) writer.publish(topic, 'x', { qos: 1 });
    await writer.ping();
    expect(await topicsOf(back)).toEqual(['b']);
    // The grant is back, the subscription is not.
    at.rules.replace(settings());
    writer.publish('a', 'x', { qos: 1 });
    await writer.ping();
    expect(await topicsOf(back)).toEqual([]);
  });

  it('Mosquitto 2.0.12 note: are asked again for what was in flight when a session is resumed', async () => {
    const at = new GuardedShard(settings());
    const durable = version === 5 ? { properties: { sessionExpiryInterval: 99 } } : {};
    const reader = await at.client(version, { clean: false, ...durable });
    await reader.subscribe('#', 2);
    reader.autoAcknowledge = false;
    const writer = await at.client(version, { clientId: 'writer' });
    writer.autoAcknowledge = false;
    for (const topic of ['a', 'b']) writer.publish(topic, 'x', { qos: 2 });
    expect(await topicsOf(reader)).toEqual(['a', 'b']);
    reader.destroy();
    at.rules.replace(settings({ rules: [deny('pubsub', 'a'), allow('pubsub', '#')] }));
    const back = await at.client(version, { clean: false, ...durable });
    expect(await topicsOf(back)).toEqual(['b']);
    // What came before the change was delivered then, once; a repeat of it is only acknowledged.
    await writer.next('pubrec');
    writer.publish('a', 'x', { qos: 2, messageId: 1, dup: true });
    expect((await writer.next('pubrec')).reasonCode ?? 0).toBe(0);
    writer.publish('a', 'x', { qos: 2, messageId: 7 });
    await writer.ping();
    expect(await topicsOf(back)).toEqual([]);
  });

  it('CVE-2018-3778, CVE-2026-95846: refuse a CONNECT whose will they would not let through', async () => {
    const at = new GuardedShard(settings({ rules: [deny('publish', 'no/#', '$share/#')] }));
    const reader = await at.client(version, { clientId: 'reader' });
    await reader.subscribe('#');
    const refused = version === 5 ? 0x87 : 5;
    for (const topic of ['no', 'no/a', '$share/g/a', '$SYS/brokers']) {
      for (const retain of [true, false]) {
        const will = { topic, payload: Buffer.from('x'), qos: 1 as const, retain };
        const delayed = version === 5 ? { ...will, properties: { willDelayInterval: 5 } } : will;
        for (const each of [will, delayed]) expect((await at.enter(version, { will: each })).code).toBe(refused);
      }
    }
    at.harness.clock.advance(10_000);
    expect(await topicsOf(reader)).toEqual([]);
    expect(at.harness.shard.retained.size).toBe(0);
  });

  it('CVE-2018-3778, CVE-2026-95846: suppress a will whose right is gone when it is due', async () => {
    const at = new GuardedShard(settings());
    const reader = await at.client(version, { clientId: 'reader' });
    await reader.subscribe('#');
    for (const topic of ['no', 'yes']) {
      const will = { topic, payload: Buffer.from('x'), qos: 0 as const, retain: false };
      (await at.client(version, { clientId: topic, will })).ping();
    }
    at.rules.replace(settings({ rules: [deny('publish', 'no')] }));
    for (const topic of ['no', 'yes']) at.harness.shard.sessions.find(topic)?.connection?.transport.destroy();
    await Promise.resolve();
    at.harness.clock.advance(1000);
    expect(await topicsOf(reader)).toEqual(['yes']);
    expect(at.harness.shard.counters.dropped[DropReason.NotAuthorized]).toBe(1);
  });

  it('Mosquitto 2.0.16 note: no will reaches the topics of the broker, whatever the rules allow', async () => {
    const at = new GuardedShard(settings({ rules: [allow('pubsub', '#')] }));
    for (const topic of ['$SYS', '$SYS/brokers', '$SYS/brokers/client_status/c1']) {
      const will = { topic, payload: Buffer.from('x'), qos: 0 as const, retain: true };
      expect((await at.enter(version, { will })).code).toBe(version === 5 ? 0x87 : 5);
    }
  });
});

it('CVE-2018-12546: a retained message stays back once its publisher may not publish it, where that is wished', async () => {
  for (const recheckRetained of [true, false]) {
    const users = { a: 'x', b: 'x' };
    const at = new GuardedShard(settings({ users, recheckRetained, rules: [deny('publish', 'never')] }));
    for (const user of ['a', 'b']) {
      const writer = await at.client(5, { clientId: `${user}-id`, username: user, password: 'x' });
      writer.publish(`t/${user}`, 'x', { retain: true });
      await writer.ping();
    }
    at.rules.replace(settings({ users, recheckRetained, rules: [{ ...deny('publish', 't/#'), username: 'a' }] }));
    const reader = await at.client(5, { clientId: 'reader' });
    await reader.subscribe('t/#');
    expect(await topicsOf(reader)).toEqual(recheckRetained ? ['t/b'] : ['t/a', 't/b']);
    // The list of users counts, too.
    at.rules.replace(settings({ users: { a: 'x' }, recheckRetained }));
    await reader.subscribe('t/b');
    expect(await topicsOf(reader)).toEqual(recheckRetained ? [] : ['t/b']);
  }
});

describe('CVE-2026-85058: every operation of every role', () => {
  const RULES = [
    { permit: 'allow', username: 'writer', action: 'publish', topics: ['t'] },
    { permit: 'allow', username: 'reader', action: 'subscribe', topics: ['t'] },
    { permit: 'allow', username: 'both', topics: ['t'] },
  ];
  const MAY: Readonly<Record<string, readonly [publish: boolean, subscribe: boolean]>> = {
    writer: [true, false],
    reader: [false, true],
    both: [true, true],
    other: [false, false],
  };
  const users = Object.fromEntries(Object.keys(MAY).map((name) => [name, 'x']));
  const make = () => new GuardedShard(settings({ users, rules: RULES, noMatch: 'deny' }));
  const roles = [...Object.entries(MAY), ['nobody', [false, false]] as const];
  const as = (role: string) => (role === 'nobody' ? {} : { username: role, password: 'x' });

  /** Whether the role managed it. */
  const OPERATIONS: readonly (readonly [
    string,
    'publish' | 'subscribe',
    (at: GuardedShard, role: string) => Promise<boolean>,
  ])[] = [
    ...([0, 1, 2] as const).map(
      (qos) =>
        [
          `PUBLISH with QoS ${qos}`,
          'publish',
          async (at: GuardedShard, role: string) => {
            const witness = await witnessOf(at);
            const client = await at.client(5, as(role));
            client.publish('t', 'x', { qos });
            await client.ping();
            return (await topicsOf(witness)).length > 0;
          },
        ] as const,
    ),
    [
      'a retained PUBLISH',
      'publish',
      async (at, role) => {
        const client = await at.client(5, as(role));
        client.publish('t', 'x', { retain: true });
        await client.ping();
        return at.harness.shard.retained.size > 0;
      },
    ],
    [
      'deleting a retained message',
      'publish',
      async (at, role) => {
        const both = await at.client(5, { clientId: 'w', ...as('both') });
        both.publish('t', 'x', { retain: true });
        await both.ping();
        const client = await at.client(5, as(role));
        client.publish('t', '', { retain: true });
        await client.ping();
        return at.harness.shard.retained.size === 0;
      },
    ],
    [
      'PUBLISH by topic alias',
      'publish',
      async (at, role) => {
        const witness = await witnessOf(at);
        const client = await at.client(5, as(role));
        client.publish('t', 'x', { properties: { topicAlias: 1 } });
        client.publish('', 'y', { properties: { topicAlias: 1 } });
        await client.ping();
        return (await topicsOf(witness)).length > 0;
      },
    ],
    [
      'a will',
      'publish',
      async (at, role) => {
        const will = { topic: 't', payload: Buffer.from('x'), qos: 0 as const, retain: false };
        return (await at.enter(5, { ...as(role), will })).code === 0;
      },
    ],
    ...['t', '$share/g/t'].map(
      (filter) =>
        [
          `SUBSCRIBE ${filter}`,
          'subscribe',
          async (at: GuardedShard, role: string) => {
            const client = await at.client(5, as(role));
            const isGranted = (await client.subscribe(filter)).granted[0] === 0;
            const writer = await at.client(5, { clientId: 'w', ...as('both') });
            writer.publish('t', 'x');
            await writer.ping();
            const got = await topicsOf(client);
            expect(got).toEqual(isGranted ? ['t'] : []);
            return isGranted;
          },
        ] as const,
    ),
    [
      'SUBSCRIBE by wildcard',
      'subscribe',
      async (at, role) => {
        const client = await at.client(5, as(role));
        expect(
          (
            await client.subscribe([
              { topic: '#', qos: 0 },
              { topic: '+', qos: 0 },
            ])
          ).granted,
        ).toEqual([0x87, 0x87]);
        return MAY[role]?.[1] ?? false;
      },
    ],
  ];

  async function witnessOf(at: GuardedShard): Promise<RawClient> {
    const witness = await at.client(5, { clientId: 'witness', ...as('reader') });
    await witness.subscribe('t');
    return witness;
  }

  it.each(OPERATIONS)('%s', async (_, kind, operate) => {
    for (const [role, [publish, subscribe]] of roles) {
      const managed = await operate(make(), role);
      expect([role, managed]).toEqual([role, kind === 'publish' ? publish : subscribe]);
    }
  });
});

it('CVE-2026-33217, CVE-2026-58214: no client publishes to topics of the broker, or reads them past a rule', async () => {
  const at = new GuardedShard(settings({ rules: [deny('subscribe', '$SYS/#'), allow('pubsub', '#')] }));
  const client = await at.client(5);
  const filters = ['$SYS/#', '$SYS/+/x', '$share/g/$SYS/#', '$SYS'].map((topic) => ({ topic, qos: 0 as const }));
  expect((await client.subscribe(filters)).granted).toEqual([0x87, 0x87, 0x87, 0x87]);
  await client.subscribe('#');
  await client.subscribe('+/#');
  client.publish('$SYS/brokers', 'x', { qos: 1 });
  expect((await client.next('puback')).reasonCode).toBe(0x87);
  at.harness.shard.publish('$SYS/brokers', Buffer.from('x'));
  expect(await topicsOf(client)).toEqual([]);
});

it.each(['+', '#', 'a/b', '$SYS', 'x/#'])(
  'CVE-2017-7650, CVE-2026-85724: a client identifier %j reaches no topic of another client',
  async (clientId) => {
    const at = new GuardedShard(
      settings({ noMatch: 'deny', rules: [allow('pubsub', '${clientid}/#', 'd/${clientid}')] }),
    );
    const victim = await at.client(5, { clientId: 'victim' });
    await victim.subscribe('victim/#');
    const hostile = await at.client(5, { clientId });
    // With # in it, its own filter would be none.
    const own = clientId.includes('#') ? [] : [`${clientId}/#`];
    for (const topic of ['#', '+/#', 'victim/#', 'd/+', 'd/victim', ...own]) {
      expect((await hostile.subscribe(topic)).granted).toEqual([0x87]);
    }
    victim.publish('victim/x', 'mine', { retain: true });
    hostile.publish('victim/x', 'theirs');
    await victim.ping();
    expect(await topicsOf(hostile)).toEqual([]);
    expect(await topicsOf(victim)).toEqual(['victim/x']);
  },
);
