import { naiveMatch, type RawClient, ShardHarness } from '@nanomq-ts/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OriginRule, type Route } from '../../src/routing/route.ts';
import { compileRoute } from '../../src/routing/route-compiler.ts';
import { Session } from '../../src/session/session.ts';
import { Subscription, type SubscriptionOptions } from '../../src/session/subscription.ts';

function sessionOf(clientId: string, protocolVersion: 3 | 4 | 5): Session {
  const session = new Session(clientId);
  session.protocolVersion = protocolVersion;
  return session;
}

function subscription(session: Session, options: Partial<SubscriptionOptions> = {}): Subscription {
  const defaults = { qos: 0, noLocal: false, retainAsPublished: false, subscriptionIdentifier: 0 } as const;
  return new Subscription(session, 'a', 'a', false, { ...defaults, ...options });
}

/** Targets as `client QoS rule retainAsPublished identifiers`. */
function texts({ targets }: Route): string[] {
  const rules = Object.keys(OriginRule);
  return targets.map(({ session, qos, group }) => {
    const { originRule, retainAsPublished, subscriptionIds } = group;
    const ids = subscriptionIds === null ? '-' : subscriptionIds.toString('hex');
    return `${session.clientId} ${qos} ${rules[originRule]} ${retainAsPublished} ${ids}`;
  });
}

describe('compileRoute', () => {
  const bob = sessionOf('bob', 5);

  it.each<[behaviour: string, subscriptions: Subscription[], targets: string[]]>([
    ['nobody', [], []],
    [
      'one target for overlapping subscriptions, with the highest QoS [MQTT-3.3.4-2]',
      [subscription(bob, { qos: 1 }), subscription(bob, { qos: 2 }), subscription(bob)],
      ['bob 2 Anyone false -'],
    ],
    [
      'with all subscription identifiers [MQTT-3.3.4-4]',
      [subscription(bob, { subscriptionIdentifier: 1 }), subscription(bob, { subscriptionIdentifier: 128 })],
      ['bob 0 Anyone false 0b010b8001'],
    ],
    [
      'RETAIN as published where one of them asks for it',
      [subscription(bob, { retainAsPublished: true }), subscription(bob)],
      ['bob 0 Anyone true -'],
    ],
    [
      'No Local: own messages do not reach it [MQTT-3.8.3-3]',
      [subscription(bob, { noLocal: true, qos: 1 })],
      ['bob 1 OthersOnly false -'],
    ],
    [
      'No Local beside a local one: own messages go by the local one alone [MQTT-3.8.3-3]',
      [
        subscription(bob, { noLocal: true, qos: 2, retainAsPublished: true, subscriptionIdentifier: 1 }),
        subscription(bob, { qos: 1, subscriptionIdentifier: 2 }),
      ],
      ['bob 2 OthersOnly true 0b010b02', 'bob 1 SelfOnly false 0b02'],
    ],
    [
      'MQTT 3.x gets no identifiers, whatever an earlier connection asked for',
      [subscription(sessionOf('old', 4), { subscriptionIdentifier: 7 })],
      ['old 0 Anyone false -'],
    ],
  ])('%s', (_, subscriptions, targets) => {
    // In one list as in lists of their own.
    expect(texts(compileRoute('a', 1, [subscriptions]))).toEqual(targets);
    const lists = subscriptions.map((each) => [each]);
    expect(texts(compileRoute('a', 1, lists))).toEqual(targets);
  });

  it('puts receivers of the same bytes into one group, whatever their QoS', () => {
    const three = ['a', 'b', 'c'].map((name) => subscription(sessionOf(name, 5), { qos: 1 }));
    const old = [3, 4].map((version) => subscription(sessionOf(`v${version}`, version as 3 | 4), { qos: 2 }));
    const withId = subscription(sessionOf('d', 5), { subscriptionIdentifier: 1 });
    const aliased = sessionOf('e', 5);
    aliased.usesTopicAliases = true;
    const route = compileRoute('a', 1, [[...three, ...old, withId, subscription(aliased)]]);
    expect(route.groups.map(({ targets }) => targets.map(({ session }) => session.clientId))).toEqual([
      ['a', 'b', 'c'],
      ['v3', 'v4'],
      ['d'],
      ['e'],
    ]);
  });
});

const FILTERS = ['a', 'a/b', 'b', 'a/+', '+/b', 'a/#', '#', '+'];
const TOPICS = ['a', 'a/b', 'b', 'c/b'];
const CLIENT_IDS = ['ada', 'bob', 'cyd'];

const requestArbitrary = fc.record({
  client: fc.nat({ max: CLIENT_IDS.length - 1 }),
  topic: fc.constantFrom(...FILTERS),
  qos: fc.constantFrom(0 as const, 1 as const, 2 as const),
  nl: fc.boolean(),
  rap: fc.boolean(),
  id: fc.constantFrom(0, 1, 2, 300),
});
type Request = typeof requestArbitrary extends fc.Arbitrary<infer T> ? T : never;

const messageArbitrary = fc.record({
  client: fc.nat({ max: CLIENT_IDS.length - 1 }),
  topic: fc.constantFrom(...TOPICS),
  qos: fc.constantFrom(0 as const, 1 as const, 2 as const),
  retain: fc.boolean(),
});
type Message = typeof messageArbitrary extends fc.Arbitrary<infer T> ? T : never;

/** What the client is to get of a message by the words of the specification: one copy at most. */
function copyFor(held: readonly Request[], client: number, isVersion5: boolean, message: Message): string | null {
  const matching = held.filter(
    ({ topic, nl }) => naiveMatch(topic, message.topic) && !(isVersion5 && nl && message.client === client),
  );
  if (matching.length === 0) return null;
  const qos = Math.min(message.qos, Math.max(...matching.map((each) => each.qos)));
  const retain = isVersion5 && message.retain && matching.some(({ rap }) => rap);
  const ids = isVersion5 ? matching.map(({ id }) => id).filter((id) => id > 0) : [];
  return JSON.stringify([message.topic, qos, retain, ids.sort()]);
}

async function takeOne(client: RawClient): Promise<string | null> {
  const packet = client.takeNow('publish');
  if (packet === undefined) return null;
  const { topic, qos, retain, properties } = packet;
  const ids = properties?.subscriptionIdentifier ?? [];
  return JSON.stringify([topic, qos, retain, (Array.isArray(ids) ? ids : [ids]).sort()]);
}

async function expectBySpecification(
  version: 4 | 5,
  requests: readonly Request[],
  messages: readonly Message[],
  routeCacheEntries: number,
): Promise<void> {
  const harness = new ShardHarness({ routeCacheEntries });
  const clients = await Promise.all(CLIENT_IDS.map((clientId) => harness.client(version, { clientId })));
  const held = clients.map(() => new Map<string, Request>());
  for (const request of requests) {
    const { client, topic, qos, nl, rap, id } = request;
    held[client]?.set(topic, request);
    const options = version === 5 ? { nl, rap, rh: 2 } : {};
    await clients[client]?.subscribe([{ topic, qos, ...options }], 0, version === 5 && id > 0 ? id : undefined);
  }
  for (const message of messages) {
    clients[message.client]?.publish(message.topic, 'x', message);
    for (const [i, client] of clients.entries()) {
      const expected = copyFor([...(held[i] as Map<string, Request>).values()], i, version === 5, message);
      expect(await takeOne(client)).toBe(expected);
      expect(client.takeNow('publish')).toBeUndefined();
    }
  }
}

describe.each([
  ['3.1.1', 4],
  ['5.0', 5],
] as const)('overlapping subscriptions, MQTT %s', (_, version) => {
  it('give one copy: highest QoS, all identifiers, RETAIN and No Local as asked [MQTT-3.3.4-2] [MQTT-3.3.4-3] [MQTT-3.3.4-4] [MQTT-3.3.4-5] [MQTT-3.8.3-3] [MQTT-3.3.2-3] [v3.1.1 MQTT-3.3.5-1]', async () => {
    const requests = fc.array(requestArbitrary, { maxLength: 10 });
    const messages = fc.array(messageArbitrary, { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(requests, messages, async (asked, published) => {
        for (const entries of [100, 0]) await expectBySpecification(version, asked, published, entries);
      }),
      { numRuns: 150 },
    );
  });
});
