import type { RawClient, RawPublishOptions } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';
import { BridgeHarness, forward } from './bridge-harness.ts';

const MESSAGES = 300;
/** Less than what comes, so that the queue is full for most of the time. */
const QUEUE_MESSAGES = 50;

const numbered = (count: number) => Array.from({ length: count }, (_, i) => `${i}`);

/** Publishes them one after the other, each when the one before it has its acknowledgement, and no time passing. */
async function publishEach(harness: BridgeHarness, publisher: RawClient, qos: 1 | 2): Promise<number[]> {
  const reasons: number[] = [];
  const options: RawPublishOptions = { qos };
  for (const payload of numbered(MESSAGES)) {
    publisher.publish('t', payload, options);
    await harness.local.settled();
    harness.local.settle();
    reasons.push((await publisher.next(qos === 1 ? 'puback' : 'pubcomp')).reasonCode ?? 0);
  }
  return reasons;
}

/** Ways in which a remote broker is not there. */
const OUTAGES: readonly [string, (harness: BridgeHarness) => Promise<void>][] = [
  [
    'takes nothing and says nothing',
    async (harness) => {
      harness.isCut = true;
    },
  ],
  [
    'refuses connections',
    async (harness) => {
      harness.unreachable = true;
      await harness.breakLine();
    },
  ],
];

describe.each(OUTAGES)('while the remote broker %s', (_, begin) => {
  it.each([
    [4, 1],
    [4, 2],
    [5, 1],
    [5, 2],
  ] as const)('local clients notice nothing: MQTT version %i, QoS %i', async (version, qos) => {
    const options = { forwards: [forward('#')], queueBound: { messages: QUEUE_MESSAGES, bytes: 0 } };
    const harness = await new BridgeHarness({ protocolVersion: version, ...options }).start();
    const there = await harness.remote.client(5);
    await there.subscribe('#', 2);
    const here = await harness.local.client(version);
    await here.subscribe('t', qos);
    const publisher = await harness.local.client(version);
    Object.assign(harness.local.shard.options, { maxInflightMessages: 20 });
    await begin(harness);

    expect(await publishEach(harness, publisher, qos)).toEqual(numbered(MESSAGES).map(() => 0));
    expect(await harness.payloads(here)).toEqual(numbered(MESSAGES));
    const { backlogMessages, droppedOutByReason } = harness.bridge.status;
    expect(backlogMessages).toBeGreaterThanOrEqual(QUEUE_MESSAGES);
    expect(backlogMessages + (droppedOutByReason.queue_full ?? 0)).toBe(MESSAGES);
    expect(there.received.filter(({ cmd }) => cmd === 'publish')).toEqual([]);

    // Until it is sure that the line is cut: bytes get lost on no other.
    await harness.advance(20_000);
    harness.isCut = harness.unreachable = false;
    await harness.advance(60_000);
    expect((await harness.payloads(there)).at(-1)).toBe(`${MESSAGES - 1}`);
    expect(harness.bridge.status.backlogMessages).toBe(0);
  });
});
