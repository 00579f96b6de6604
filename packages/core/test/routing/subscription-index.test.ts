import { naiveMatch, type RawClient, ShardHarness } from '@nanomq-ts/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SharedGroup } from '../../src/routing/shared-group.ts';
import { SubscriptionIndex } from '../../src/routing/subscription-index.ts';
import { Session } from '../../src/session/session.ts';
import { Subscription } from '../../src/session/subscription.ts';
import { parseTopicFilter } from '../../src/topics/topic-filter.ts';
import { topicFilterArbitrary, topicNameArbitrary } from '../topics/topic-arbitrary.ts';

const VERSIONS = [
  ['3.1', 3],
  ['3.1.1', 4],
  ['5.0', 5],
] as const;
const OPTIONS = { qos: 1, noLocal: false, retainAsPublished: false, subscriptionIdentifier: 0 } as const;

/** An index, and what it told its listener. */
class Watched {
  readonly announced: string[] = [];
  readonly index = new SubscriptionIndex('round_robin', {
    exactFilterChanged: (filterKey) => void this.announced.push(filterKey),
  });

  add(topicFilter: string, clientId = 'c'): Subscription {
    const parsed = parseTopicFilter(topicFilter, 128);
    if (typeof parsed === 'string') throw new Error(parsed);
    const { filter, hasWildcard, shareName } = parsed;
    const subscription = new Subscription(new Session(clientId), topicFilter, filter, hasWildcard, OPTIONS);
    this.index.add(subscription, shareName);
    return subscription;
  }

  /** Announced filters and how often the generation was raised since the last call. */
  changes(): [announced: string[], generations: number] {
    const generations = this.index.generation - this.#seen;
    this.#seen = this.index.generation;
    return [this.announced.splice(0), generations];
  }

  matched(topicName: string): string[] {
    const lists: (readonly (Subscription | SharedGroup)[])[] = [];
    this.index.match(topicName, lists);
    const members = lists.flat().flatMap((entry) => (entry instanceof SharedGroup ? entry.members : [entry]));
    expect(this.index.hasMatch(topicName)).toBe(lists.length > 0);
    return members.map(({ topicFilter }) => topicFilter).sort();
  }

  #seen = 0;
}

describe('SubscriptionIndex', () => {
  it.each<[behaviour: string, filter: string, changes: [string[], number]]>([
    ['an exact filter is announced, and no route besides is touched', 'a/b', [['a/b'], 0]],
    ['a wildcard filter outdates everything', 'a/+', [[], 1]],
    ['the first member of a shared exact filter is announced without the share name', '$share/g/a', [['a'], 0]],
    ['the first member of a shared wildcard filter outdates everything', '$share/g/#', [[], 1]],
  ])('%s, when it comes and when it goes', (_, filter, changes) => {
    const watched = new Watched();
    const subscription = watched.add(filter);
    expect(watched.changes()).toEqual(changes);
    watched.index.remove(subscription);
    expect(watched.changes()).toEqual(changes);
    expect([watched.index.size, watched.index.sharedGroupCount]).toEqual([0, 0]);
  });

  it('outdates nothing when a shared group grows and shrinks', () => {
    const watched = new Watched();
    const members = ['a', 'b', 'c'].map((clientId) => watched.add('$share/g/t', clientId));
    expect(new Set(members.map(({ group }) => group)).size).toBe(1);
    watched.changes();
    watched.index.remove(members[1] as Subscription);
    expect(watched.changes()).toEqual([[], 0]);
    expect(members[0]?.group?.members.map((member) => (member as Subscription).session.clientId)).toEqual(['a', 'c']);
    expect([watched.index.size, watched.index.sharedGroupCount]).toEqual([2, 1]);
  });

  it('takes out whichever member leaves a shared group, also of many at little cost', () => {
    const watched = new Watched();
    const members = Array.from({ length: 50_000 }, (_, i) => watched.add('$share/g/t', `${i}`));
    const group = members[0]?.group;
    const leaving = [...members.slice(1, 3), ...members.slice(40_000), ...members.slice(3, 40_000)];
    for (const member of leaving) watched.index.remove(member);
    expect(group?.members).toEqual([members[0]]);
    watched.index.remove(members[0] as Subscription);
    expect([group?.members, watched.index.sharedGroupCount]).toEqual([[], 0]);
  });

  it('has a group for each share name and filter, section 4.8.2', () => {
    const watched = new Watched();
    for (const filter of ['$share/g/t', '$share/h/t', '$share/g/t/+', '$share/g/t', 't']) watched.add(filter);
    expect([watched.index.size, watched.index.sharedGroupCount]).toEqual([5, 3]);
    expect(watched.matched('t')).toEqual(['$share/g/t', '$share/g/t', '$share/h/t', 't']);
  });

  it('finds what a naive matcher finds, shared or not, whatever came and went before [MQTT-3.3.2-3]', () => {
    const filters = fc.tuple(fc.constantFrom('', '$share/g/', '$share/h/'), topicFilterArbitrary);
    const changes = fc.array(fc.tuple(filters, fc.boolean(), fc.nat()), { maxLength: 40 });
    fc.assert(
      fc.property(changes, fc.array(topicNameArbitrary, { minLength: 1, maxLength: 5 }), (steps, topicNames) => {
        const watched = new Watched();
        const held: Subscription[] = [];
        for (const [[prefix, filter], isAdded, pick] of steps) {
          if (isAdded) held.push(watched.add(prefix + filter));
          else if (held.length > 0) watched.index.remove(held.splice(pick % held.length, 1)[0] as Subscription);
        }
        for (const topicName of topicNames) {
          const expected = held.filter(({ filterKey }) => naiveMatch(filterKey, topicName));
          expect(watched.matched(topicName)).toEqual(expected.map(({ topicFilter }) => topicFilter).sort());
        }
        for (const subscription of held) watched.index.remove(subscription);
        expect([watched.index.size, watched.index.sharedGroupCount]).toEqual([0, 0]);
        expect(topicNames.flatMap((topicName) => watched.matched(topicName))).toEqual([]);
      }),
    );
  });
});

/** Topic names of what came, in order. */
async function topicsOf(client: RawClient): Promise<string[]> {
  await client.ping();
  const topics: string[] = [];
  for (let packet = client.takeNow('publish'); packet !== undefined; packet = client.takeNow('publish'))
    topics.push(packet.topic);
  return topics;
}

const CASES = VERSIONS.flatMap(([name, version]) => [
  [`${name}, route cache on`, version, 100] as const,
  [`${name}, route cache off`, version, 0] as const,
]);

describe.each(CASES)('matching, MQTT %s', (_, version, routeCacheEntries) => {
  const sent = ['a', 'a/b', 'A/b', '/a', '$x', '$x/b', 'a/$x'];

  it.each<[filter: string, received: string[]]>([
    ['#', ['a', 'a/b', 'A/b', '/a', 'a/$x']],
    ['+', ['a']],
    ['+/b', ['a/b', 'A/b']],
    ['+/+', ['a/b', 'A/b', '/a', 'a/$x']],
    ['/+', ['/a']],
    ['a/#', ['a', 'a/b', 'a/$x']],
    ['a/+', ['a/b', 'a/$x']],
    ['$x/#', ['$x', '$x/b']],
    ['$x/+', ['$x/b']],
    ['a/b', ['a/b']],
  ])(
    '%s takes what it matches and no other: wildcards no $ topic, nothing normalised [MQTT-4.7.2-1] [MQTT-4.7.3-4] [MQTT-3.3.2-3]',
    async (filter, received) => {
      const harness = new ShardHarness({ routeCacheEntries });
      const [publisher, client] = [await harness.client(version), await harness.client(version)];
      // Once before, so that routes without the subscriber are there to be outdated.
      for (const topic of sent) publisher.publish(topic, 'before');
      await client.subscribe(filter, 1);
      for (const qos of [0, 1] as const) {
        for (const topic of sent) publisher.publish(topic, 'x', { qos });
        await publisher.ping();
        expect(await topicsOf(client)).toEqual(received);
      }
    },
  );

  it('takes topics of 65,535 levels without a stack, live and retained', async () => {
    const harness = new ShardHarness({ routeCacheEntries, maxTopicLevels: 65_536 });
    const [publisher, client] = [await harness.client(version), await harness.client(version)];
    const [topic, other] = ['/'.repeat(65_534), '/'.repeat(65_535)];
    const plus = `${'+/'.repeat(32_767)}+`;
    await client.subscribe([`${'/'.repeat(65_534)}#`, '#', plus, topic].map((each) => ({ topic: each, qos: 0 })));
    for (const each of [topic, other]) publisher.publish(each, 'x', { retain: true });
    await publisher.ping();
    expect((await topicsOf(client)).map((each) => each.length)).toEqual([65_534, 65_535]);
    await client.subscribe('/#');
    expect((await topicsOf(client)).map((each) => each.length).sort()).toEqual([65_534, 65_535]);
    await client.unsubscribe(`${'/'.repeat(65_534)}#`, '#', plus, topic, '/#');
    expect(harness.shard.index.size).toBe(0);
  });
});
