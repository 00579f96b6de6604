import { type Access, DropReason, OpenAccess } from '@nanomq-ts/core';
import { type RawClient, ShardHarness } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';

const VERSIONS = [
  ['3.1', 3],
  ['3.1.1', 4],
  ['5.0', 5],
] as const;

/** Refuses what begins with `no/`; topics that begin with `later/` wait for `answer`. */
class TopicAccess implements Access {
  readonly checksPublish = true;
  readonly asked: string[] = [];
  readonly #answers: ((answer: number | Error) => void)[] = [];

  authenticate(): number {
    return 0;
  }

  subscribe(): number {
    return 0;
  }

  publish(...[, topicName, retain]: Parameters<Access['publish']>): number | Promise<number> {
    this.asked.push(`${topicName}${retain ? '!' : ''}`);
    if (!topicName.startsWith('later/')) return topicName.startsWith('no/') ? 0x87 : 0;
    return new Promise((resolve, reject) => {
      this.#answers.push((answer) => (typeof answer === 'number' ? resolve(answer) : reject(answer)));
    });
  }

  /** Answers the oldest question that waits. */
  answer(answer: number | Error): void {
    this.#answers.shift()?.(answer);
  }
}

async function payloadsOf(client: RawClient): Promise<string[]> {
  await client.ping();
  const payloads: string[] = [];
  for (let packet = client.takeNow('publish'); packet !== undefined; packet = client.takeNow('publish')) {
    payloads.push(packet.payload.toString());
  }
  return payloads;
}

describe.each(VERSIONS)('the right to publish, MQTT %s', (_, version) => {
  async function setUp() {
    const access = new TopicAccess();
    const harness = new ShardHarness({}, { access });
    const subscriber = await harness.client(version);
    const publisher = await harness.client(version);
    await subscriber.subscribe('#', 2);
    publisher.autoAcknowledge = false;
    return { access, harness, subscriber, publisher };
  }
  const refused = version === 5 ? 0x87 : 0;

  it('a QoS 0 message that is not allowed goes nowhere and is counted; the connection stays [v3.1.1 MQTT-3.3.5-2]', async () => {
    const { access, harness, subscriber, publisher } = await setUp();
    publisher.publish('no/a', 'x', { retain: true });
    publisher.publish('yes', 'y');
    await publisher.ping();
    expect(await payloadsOf(subscriber)).toEqual(['y']);
    expect(access.asked).toEqual(['no/a!', 'yes']);
    expect(harness.shard.counters.dropped[DropReason.NotAuthorized]).toBe(1);
    const late = await harness.client(version);
    await late.subscribe('no/a');
    await late.expectNothing();
  });

  it.each([1, 2] as const)(
    'a QoS %i message that is not allowed is acknowledged and goes nowhere [v3.1.1 MQTT-3.3.5-2]',
    async (qos) => {
      const { harness, subscriber, publisher } = await setUp();
      publisher.publish('no/a', 'x', { qos, messageId: 4 });
      const ack = qos === 1 ? await publisher.next('puback') : await publisher.next('pubrec');
      expect([ack.messageId, ack.reasonCode ?? 0]).toEqual([4, refused]);
      await subscriber.expectNothing();
      expect(harness.shard.counters.dropped[DropReason.NotAuthorized]).toBe(1);
    },
  );

  it('a refused QoS 2 exchange ends as its version has it [MQTT-4.3.3-9] [v3.1.1 MQTT-4.3.3-2]', async () => {
    const { access, publisher } = await setUp();
    for (let i = 0; i < 2; i++) {
      publisher.publish('no/a', 'x', { qos: 2, messageId: 4 });
      await publisher.next('pubrec');
    }
    // 5.0: the second was a new message. 3.x: it was a repeat of the first, which is still open.
    expect(access.asked).toHaveLength(version === 5 ? 2 : 1);
    publisher.send({ cmd: 'pubrel', messageId: 4 });
    expect((await publisher.next('pubcomp')).reasonCode ?? 0).toBe(version === 5 ? 0x92 : 0);
  });

  it.each([0, 1, 2] as const)('only the broker publishes to $SYS, QoS %i', async (qos) => {
    for (const access of [new OpenAccess(true), new TopicAccess()]) {
      const harness = new ShardHarness({}, { access });
      const client = await harness.client(version);
      await client.subscribe('$SYS/#', 2);
      client.publish('$SYS/brokers', 'x', { qos, retain: true });
      if (qos === 1) expect((await client.next('puback')).reasonCode ?? 0).toBe(refused);
      if (qos === 2) expect((await client.next('pubrec')).reasonCode ?? 0).toBe(refused);
      expect(await payloadsOf(client)).toEqual([]);
      expect(harness.shard.counters.dropped[DropReason.NotAuthorized]).toBe(1);
    }
  });

  it.each([0, 1, 2] as const)('an answer that comes later holds this client alone, in order, QoS %i', async (qos) => {
    const { access, harness, subscriber, publisher } = await setUp();
    publisher.publish('later/a', '1', { qos });
    publisher.publish('b', '2', { qos });
    await (await harness.client(version)).ping();
    expect(await payloadsOf(subscriber)).toEqual([]);
    access.answer(0);
    await publisher.ping();
    expect(await payloadsOf(subscriber)).toEqual(['1', '2']);
  });

  it.each([1, 2] as const)('a refusal that comes later is told like one that comes at once, QoS %i', async (qos) => {
    const { access, subscriber, publisher } = await setUp();
    publisher.publish('later/a', '1', { qos });
    publisher.publish('b', '2', { qos });
    expectNoAnswerYet(publisher);
    access.answer(0x87);
    const next = () => (qos === 1 ? publisher.next('puback') : publisher.next('pubrec'));
    expect((await next()).reasonCode ?? 0).toBe(refused);
    expect((await next()).reasonCode ?? 0).toBe(0);
    expect(await payloadsOf(subscriber)).toEqual(['2']);
  });

  it('an Access port that fails refuses the message, and ends nothing', async () => {
    const { access, harness, subscriber, publisher } = await setUp();
    publisher.publish('later/a', '1', { qos: 1 });
    expectNoAnswerYet(publisher);
    access.answer(new Error('no answer'));
    const puback = await publisher.next('puback');
    expect(puback.reasonCode ?? 0).toBe(version === 5 ? 0x83 : 0);
    expect(await payloadsOf(subscriber)).toEqual([]);
    expect(harness.logged.at(-1)).toMatchObject({ level: 'error' });
  });

  it('a message whose publisher has gone when the answer comes goes nowhere', async () => {
    const { access, harness, subscriber, publisher } = await setUp();
    publisher.publish('later/a', '1', { qos: 1 });
    expectNoAnswerYet(publisher);
    publisher.destroy();
    access.answer(0);
    await Promise.resolve();
    harness.clock.runTurn();
    expect(await payloadsOf(subscriber)).toEqual([]);
  });

  /** Also lets the broker act on what was sent. */
  function expectNoAnswerYet(client: RawClient): void {
    expect(client.takeNow()).toBeUndefined();
  }
});

describe('the right to publish, MQTT 5.0', () => {
  it('is asked for the topic name that an alias stands for, and the properties wait with the message', async () => {
    const access = new TopicAccess();
    const harness = new ShardHarness({}, { access });
    const subscriber = await harness.client(5);
    await subscriber.subscribe('#', 1);
    const client = await harness.client(5);
    const properties = { messageExpiryInterval: 9, topicAlias: 3, contentType: 'text' };
    client.publish('later/a', '1', { qos: 1, properties });
    client.publish('', '2', { qos: 1, properties: { topicAlias: 3, contentType: 'other' } });
    access.answer(0);
    await client.next('puback');
    access.answer(0);
    await client.next('puback');
    expect(access.asked).toEqual(['later/a', 'later/a']);
    expect((await subscriber.next('publish')).properties).toEqual({ messageExpiryInterval: 9, contentType: 'text' });
    expect((await subscriber.next('publish')).properties).toEqual({ contentType: 'other' });
  });

  it.each([0, 1, 2] as const)(
    'that is answered late leaves less of the expiry interval, or nothing, QoS %i [MQTT-3.3.2-5] [MQTT-3.3.2-6] [MQTT-4.3.3-13]',
    async (qos) => {
      const access = new TopicAccess();
      const harness = new ShardHarness({}, { access });
      const subscriber = await harness.client(5);
      await subscriber.subscribe('#', 2);
      const client = await harness.client(5);
      client.autoAcknowledge = false;
      for (const payload of ['some left', 'nothing left']) {
        client.publish('later/a', payload, {
          qos,
          properties: { messageExpiryInterval: payload === 'some left' ? 5 : 2 },
        });
        // The broker acts on what was sent when it is asked for an answer.
        expect(client.takeNow()).toBeUndefined();
        harness.clock.advance(2000);
        access.answer(0);
        if (qos > 0) expect((await client.next(qos === 1 ? 'puback' : 'pubrec')).reasonCode ?? 0).toBe(0);
        await client.ping();
      }
      const packet = await subscriber.next('publish');
      expect([packet.payload.toString(), packet.properties]).toEqual(['some left', { messageExpiryInterval: 3 }]);
      expect(await payloadsOf(subscriber)).toEqual([]);
      expect(harness.shard.counters.dropped[DropReason.Expired]).toBe(1);
    },
  );
});
