import { ShardHarness } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';

/** SUBACK and UNSUBACK of 5.0 with 25 reason codes: two bytes, identifier, property length, the codes. */
const FILTERS = 25;
const ANSWER_BYTES = 30;

describe.each(['subscribe', 'unsubscribe'] as const)('%s by a client that takes only small packets', (cmd) => {
  async function ask(maximumPacketSize: number) {
    const harness = new ShardHarness();
    const client = await harness.client(5, { properties: { maximumPacketSize } });
    const topicFilters = Array.from({ length: FILTERS }, (_, i) => `t/${i}`);
    client.send(
      cmd === 'subscribe'
        ? { cmd, messageId: 7, subscriptions: topicFilters.map((topic) => ({ topic, qos: 0 })) }
        : { cmd, messageId: 7, unsubscriptions: topicFilters },
    );
    return { harness, client };
  }

  it('is answered as long as the answer fits [MQTT-3.1.2-24]', async () => {
    const { client } = await ask(ANSWER_BYTES);
    const answer = await client.next(cmd === 'subscribe' ? 'suback' : 'unsuback');
    expect(answer).toMatchObject({ messageId: 7, length: ANSWER_BYTES - 2 });
  });

  it('ends with 0x95 and without effect when the answer would not fit [MQTT-3.1.2-24]', async () => {
    const { harness, client } = await ask(ANSWER_BYTES - 1);
    expect(await client.next('disconnect')).toMatchObject({ reasonCode: 0x95 });
    await client.expectClosed();
    expect(harness.shard.counters.connectionsFailed).toBe(1);
    expect(harness.shard.sessions.size).toBe(0);
  });
});
