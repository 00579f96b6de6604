import { type HarnessParts, ONE_SHARD, type RawClient, type RawConnectOptions, ShardHarness } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';
import type { ShareStrategy } from '../../src/routing/member-choice.ts';
import { memberRank } from '../../src/routing/shared-group.ts';

const VERSIONS = [
  ['3.1.1', 4],
  ['5.0', 5],
] as const;
const STRATEGIES: readonly ShareStrategy[] = ['round_robin', 'random', 'sticky', 'hash_clientid'];
const FILTER = '$share/g/t/+';

/** A group of members on `$share/g/t/+`, and someone who publishes. */
class Group {
  readonly harness: ShardHarness;
  readonly members: RawClient[] = [];
  publisher!: RawClient;

  static async of(
    members: number,
    options: ConstructorParameters<typeof ShardHarness>[0] = {},
    version: 4 | 5 = 5,
    qos: 0 | 1 | 2 = 1,
    parts: HarnessParts = {},
  ): Promise<Group> {
    const group = new Group(options, parts);
    group.publisher = await group.harness.client(version, { clientId: 'publisher' });
    for (let i = 0; i < members; i++) await group.join(`member-${i}`, version, qos);
    return group;
  }

  constructor(options: ConstructorParameters<typeof ShardHarness>[0], parts: HarnessParts) {
    this.harness = new ShardHarness(options, parts);
  }

  async join(clientId: string, version: 4 | 5 = 5, qos: 0 | 1 | 2 = 1, options: RawConnectOptions = {}): Promise<void> {
    const lasting = version === 5 ? { properties: { sessionExpiryInterval: 1000 } } : {};
    const member = await this.harness.client(version, { clientId, clean: false, ...lasting, ...options });
    await member.subscribe(FILTER, qos);
    this.members.push(member);
  }

  async publish(count: number, qos: 0 | 1 | 2 = 1): Promise<void> {
    for (let i = 0; i < count; i++) this.publisher.publish('t/x', `${i}`, { qos });
    await this.publisher.ping();
  }

  /** Payloads that came, member by member; an offline member has none. */
  async received(): Promise<string[][]> {
    const payloads: string[][] = [];
    for (const member of this.members) {
      if (!member.link.isClosed) await member.ping();
      const own: string[] = [];
      for (let packet = member.takeNow('publish'); packet !== undefined; packet = member.takeNow('publish'))
        own.push(packet.payload.toString());
      payloads.push(own);
    }
    return payloads;
  }

  rank(clientId: string): number {
    const subscription = this.harness.shard.sessions.find(clientId)?.subscriptions?.get(FILTER);
    if (subscription === undefined) throw new Error(`${clientId} is no member`);
    return memberRank(subscription);
  }
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => `${i}`);

describe.each(VERSIONS)('shared subscriptions, MQTT %s', (_, version) => {
  it.each([
    ['on', 100],
    ['off', 0],
  ])('give each message to one member, beside those who do not share, route cache %s', async (_, routeCacheEntries) => {
    for (const qos of [0, 1, 2] as const) {
      const group = await Group.of(3, { routeCacheEntries }, version, 2);
      const alone = await group.harness.client(version);
      await alone.subscribe('t/#', 2);
      await group.publish(9, qos);
      expect(await group.received()).toEqual([
        ['0', '3', '6'],
        ['1', '4', '7'],
        ['2', '5', '8'],
      ]);
      await alone.ping();
      expect(alone.received.filter(({ cmd }) => cmd === 'publish')).toHaveLength(9);
    }
  });

  it('deliver with the QoS granted to the member that was chosen [MQTT-4.8.2-3]', async () => {
    const group = await Group.of(0, {}, version);
    for (const qos of [0, 1, 2] as const) await group.join(`granted-${qos}`, version, qos);
    for (const published of [0, 1, 2] as const) {
      await group.publish(3, published);
      for (const [granted, member] of group.members.entries()) {
        expect((await member.next('publish')).qos).toBe(Math.min(granted, published));
      }
    }
  });

  it('deliver once for each share name that one client has', async () => {
    const group = await Group.of(1, {}, version);
    await group.members[0]?.subscribe('$share/other/t/#', 1);
    await group.publish(2);
    expect(await group.received()).toEqual([['0', '0', '1', '1']]);
  });

  it('send no retained messages to a new member, section 4.8.2', async () => {
    const group = await Group.of(0, {}, version);
    group.publisher.publish('t/x', 'kept', { retain: true });
    await group.publisher.ping();
    await group.join('new', version);
    expect(await group.received()).toEqual([[]]);
  });

  it('count as nobody when the last member has left', async () => {
    const group = await Group.of(1, {}, version);
    await group.members[0]?.unsubscribe(FILTER);
    await group.publish(1);
    expect(await group.received()).toEqual([[]]);
    expect(group.harness.shard.counters.dropped[0]).toBe(1);
  });
});

describe.each(STRATEGIES)('shared subscriptions, strategy %s', (sharedSubscriptionStrategy) => {
  it('give every message to exactly one member, in the order published', async () => {
    const group = await Group.of(4, { sharedSubscriptionStrategy });
    await group.publish(100);
    const received = await group.received();
    expect(received.flat().sort()).toEqual(numbers(100).sort());
    for (const own of received) expect(own).toEqual([...own].sort((a, b) => Number(a) - Number(b)));
  });

  it('give an offline member nothing while another is online, and lose nothing', async () => {
    const group = await Group.of(3, { sharedSubscriptionStrategy });
    for (const gone of [0, 1]) {
      group.members[gone]?.destroy();
      await group.publish(20);
      const received = await group.received();
      expect(received.slice(0, gone + 1).flat()).toEqual([]);
      expect(received.flat().sort()).toEqual(numbers(20).sort());
    }
  });

  it('keep messages while nobody is online, for who comes back', async () => {
    const group = await Group.of(2, { sharedSubscriptionStrategy });
    for (const member of group.members.splice(0)) member.destroy();
    await group.publish(10);
    for (const i of [0, 1]) await group.join(`member-${i}`);
    expect((await group.received()).flat().sort()).toEqual(numbers(10).sort());
  });

  it('pass a member by whose inflight window is full', async () => {
    const group = await Group.of(0, { sharedSubscriptionStrategy, maxInflightMessages: 1 });
    await group.join('stuck');
    (group.members[0] as RawClient).autoAcknowledge = false;
    await group.publish(1);
    expect(await group.received()).toEqual([['0']]);
    await group.join('ready');
    // Sticky holds on to its member as long as it is online.
    const expected = sharedSubscriptionStrategy === 'sticky' ? [[], []] : [[], ['0']];
    for (let i = 0; i < 20; i++) {
      await group.publish(1);
      expect(await group.received()).toEqual(expected);
    }
  });
});

describe('shared subscriptions, who is chosen', () => {
  it('sticky stays with a member, hash_clientid with a member for each publisher', async () => {
    const sticky = await Group.of(3, { sharedSubscriptionStrategy: 'sticky' });
    await sticky.publish(10);
    expect((await sticky.received()).map((own) => own.length).sort()).toEqual([0, 0, 10]);

    const hashed = await Group.of(3, { sharedSubscriptionStrategy: 'hash_clientid' });
    const chosen = new Set<number>();
    for (let i = 0; i < 20; i++) {
      hashed.publisher = await hashed.harness.client(5, { clientId: `publisher-${i}` });
      await hashed.publish(5);
      const counts = (await hashed.received()).map((own) => own.length);
      expect([...counts].sort()).toEqual([0, 0, 5]);
      chosen.add(counts.indexOf(5));
    }
    expect(chosen.size).toBe(3);
  });

  it('ranks a member by its connection, its inflight window, its queue and whether it reads', async () => {
    const group = await Group.of(1, { maxInflightMessages: 1 });
    const member = group.members[0] as RawClient;
    expect(group.rank('member-0')).toBe(2);
    member.autoAcknowledge = false;
    await group.publish(1);
    expect(group.rank('member-0')).toBe(1);
    await group.publish(1);
    member.send({ cmd: 'puback', messageId: (await member.next('publish')).messageId as number });
    expect(group.rank('member-0')).toBe(1);
    member.send({ cmd: 'puback', messageId: (await member.next('publish')).messageId as number });
    await member.ping();
    expect(group.rank('member-0')).toBe(2);
    member.destroy();
    await group.publisher.ping();
    expect(group.rank('member-0')).toBe(0);
  });

  // Another shard knows nothing of the room that a member has.
  it('lets a member whose message queue is full lose nothing while another has room', async () => {
    for (const isOnline of [true, false]) {
      const group = await Group.of(2, { maxInflightMessages: 1, queueLimitMessages: 3 }, 5, 1, ONE_SHARD);
      const [full, other] = group.members as [RawClient, RawClient];
      full.autoAcknowledge = false;
      other.autoAcknowledge = false;
      await group.publish(8);
      expect([group.rank('member-0'), group.rank('member-1')]).toEqual([-1, -1]);
      const { messageId } = await other.next('publish');
      if (!isOnline) full.destroy();
      other.send({ cmd: 'puback', messageId: messageId as number });
      await other.ping();
      expect(group.rank('member-1')).toBe(1);
      await group.publish(1);
      expect([group.rank('member-1'), group.harness.shard.counters.droppedTotal]).toEqual([-1, 0]);
    }
  });

  it('does not pass a member by because it had no room for one message that is larger than its queue', async () => {
    const options = { maxInflightMessages: 1, queueLimitBytes: 100 };
    const group = await Group.of(1, options, 5, 1, ONE_SHARD);
    const [member] = group.members as [RawClient];
    member.autoAcknowledge = false;
    await group.publish(1);
    group.publisher.publish('t/x', Buffer.alloc(200), { qos: 1 });
    await group.publisher.ping();
    expect([group.rank('member-0'), group.harness.shard.counters.droppedTotal]).toEqual([1, 1]);
  });

  it('counts on the room that a member has by limits that were raised', async () => {
    const limits = { queueLimitMessages: 1 };
    const group = await Group.of(1, limits, 5, 1, ONE_SHARD);
    group.members[0]?.destroy();
    await group.publish(2);
    expect(group.rank('member-0')).toBe(-1);
    Object.assign(group.harness.shard.options, { queueLimitMessages: 10 });
    await group.publish(1);
    expect(group.rank('member-0')).toBe(0);
  });

  it('ranks a member that does not read below one that does', async () => {
    const group = await Group.of(1, { maxOutBufferBytes: 100 }, 5, 0);
    const { client, transport } = group.harness.open(5);
    await client.connect({ clientId: 'slow' });
    await client.subscribe(FILTER, 0);
    transport.congest();
    group.publisher.publish('t/x', Buffer.alloc(200));
    group.publisher.publish('t/x', Buffer.alloc(200));
    await group.publisher.ping();
    expect([group.rank('member-0'), group.rank('slow')]).toEqual([2, 1]);
    await group.received();
    await group.publish(10, 0);
    // What the slow member's shard hands on comes behind the rest.
    expect((await group.received()).map((own) => own.sort())).toEqual([numbers(10).sort()]);
  });
});
