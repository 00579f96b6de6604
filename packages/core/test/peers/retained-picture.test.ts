import { naiveMatch, type RawClient } from '@nanomq-ts/testkit';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { FourShards } from './four-shards.ts';
import { RetainedPicture } from './retained-picture.ts';

const RUNS = 200;
const TOPICS = ['a', 'a/b', 'c'];
const FILTERS = ['a', 'a/b', '+', 'a/#', '#'];
const SUBSCRIBERS = 4;
/** A handful of them fills the way between two shards. */
const LARGE_BYTES = 3000;

/** What happens between two turns, or, `turn`, that one of them ends for all shards. */
type Step =
  | { readonly does: 'publish'; readonly topic: number; readonly qos: 0 | 1 | 2; readonly what: What }
  | { readonly does: 'subscribe' | 'unsubscribe'; readonly client: number }
  | { readonly does: 'turn' };

type What = 'small' | 'large' | 'deletes' | 'not retained';

const client = fc.nat({ max: SUBSCRIBERS - 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      does: fc.constant('publish' as const),
      topic: fc.nat({ max: TOPICS.length - 1 }),
      qos: fc.constantFrom(0 as const, 1 as const, 2 as const),
      what: fc.constantFrom<What>('small', 'small', 'large', 'deletes', 'not retained'),
    }),
  },
  { weight: 4, arbitrary: fc.record({ does: fc.constant('subscribe' as const), client }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('unsubscribe' as const), client }) },
  { weight: 3, arbitrary: fc.constant({ does: 'turn' as const }) },
);
const script = fc.record({
  /** Shards of the publishers and filters of the subscribers, one on each shard. */
  publishersAt: fc.array(fc.nat({ max: 3 }), { minLength: TOPICS.length, maxLength: TOPICS.length }),
  filters: fc.array(fc.constantFrom(...FILTERS), { minLength: SUBSCRIBERS, maxLength: SUBSCRIBERS }),
  steps: fc.array(step, { minLength: 5, maxLength: 60, size: 'max' }),
});

type Script = typeof script extends fc.Arbitrary<infer Value> ? Value : never;

/** A client with one filter, and whether it subscribes to it. */
interface Subscriber {
  readonly client: RawClient;
  readonly filter: string;
  isSubscribed: boolean;
}

describe('subscribers and publishers of retained messages on four shards, whatever crosses', () => {
  it('agree in the end on what is retained, and nothing came twice or out of order [MQTT-3.3.1-5] [MQTT-4.6.0-6]', async () => {
    await fc.assert(fc.asyncProperty(script, expectAgreement), { numRuns: RUNS });
  });
});

async function expectAgreement({ publishersAt, filters, steps }: Script): Promise<void> {
  const broker = new FourShards();
  const publishers = publishersAt.map((shardId) => broker.openAt(shardId));
  await Promise.all(publishers.map(({ client }, i) => client.connect({ clientId: `publisher-${i}` })));
  const subscribers: Subscriber[] = [];
  for (const [shardId, filter] of filters.entries()) {
    subscribers.push({ client: await broker.clientAt(shardId, `s-${shardId}`), filter, isSubscribed: false });
  }
  await broker.settled();
  const kept = new Map<string, string>();
  // What a publisher sends between two other steps comes in one chunk.
  const links = publishers.map(({ link }) => link);
  for (const link of links) link.hold();
  for (const [at, each] of steps.entries()) {
    if (each.does === 'publish') {
      publish(publishers[each.topic]?.client as RawClient, each, String(at + 1), kept);
      continue;
    }
    for (const link of links) link.release();
    if (each.does === 'turn') broker.clock.runTurn();
    else turnTo(subscribers[each.client] as Subscriber, each.does === 'subscribe');
    for (const link of links) link.hold();
  }
  for (const link of links) link.release();
  await broker.settled();
  for (const { client, filter, isSubscribed } of subscribers) {
    const picture = new RetainedPicture(filter);
    await client.ping();
    picture.takeFrom(client);
    if (!isSubscribed) continue;
    const expected = Object.fromEntries([...kept].filter(([topic]) => naiveMatch(filter, topic)).sort());
    if (JSON.stringify(picture.kept) !== JSON.stringify(expected)) {
      throw new Error(`${filter}: took ${JSON.stringify(picture.kept)} for ${JSON.stringify(expected)}`);
    }
  }
}

function publish(
  publisher: RawClient,
  { topic, qos, what }: Extract<Step, { does: 'publish' }>,
  serial: string,
  kept: Map<string, string>,
): void {
  const topicName = TOPICS[topic] as string;
  const retain = what !== 'not retained';
  const payload = what === 'deletes' ? '' : 'x'.repeat(what === 'large' ? LARGE_BYTES : 1);
  const userProperties = { serial, ...(retain && { kept: 'yes' }) };
  publisher.publish(topicName, payload, { qos, retain, properties: { userProperties } });
  if (what === 'deletes') kept.delete(topicName);
  else if (retain) kept.set(topicName, serial);
}

function turnTo(subscriber: Subscriber, isSubscribed: boolean): void {
  const { client, filter } = subscriber;
  subscriber.isSubscribed = isSubscribed;
  if (isSubscribed) client.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: filter, qos: 2 }] });
  else client.send({ cmd: 'unsubscribe', messageId: 2, unsubscriptions: [filter] });
}
