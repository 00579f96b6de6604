import { ShardHarness } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';

/** CONNECT of 3.1.1 and 3.1 with the bridge bit in the protocol level, clean session, client identifier `b`. */
const BRIDGE_CONNECT = {
  4: '100d00044d515454840200000001' + '62',
  3: '100f00064d51497364708302000000' + '0162',
} as const;

describe.each([3, 4] as const)('a bridge of MQTT version %i', (version) => {
  it.each([
    ['with the bridge bit gets nothing of its own back', true, ['from another']],
    ['without it does', false, ['its own', 'from another']],
  ])('%s', async (_name, isBridge, expected) => {
    const harness = new ShardHarness();
    const { client } = harness.open(version);
    if (isBridge) {
      client.sendHex(BRIDGE_CONNECT[version]);
      await client.next('connack');
    } else await client.connect({ clientId: 'b' });
    await client.subscribe('#', 1);
    client.publish('a', 'its own', { qos: 1 });
    (await harness.client(5)).publish('a', 'from another', { qos: 1, retain: true });
    await client.ping();
    await client.ping();
    const published = client.received.filter((packet) => packet.cmd === 'publish');
    expect(published.map(({ payload }) => String(payload))).toEqual(expected);
    // And RETAIN as it was published, where others get 0.
    expect(published.at(-1)?.retain).toBe(isBridge);
  });
});

describe('a bridge of MQTT 5.0 that names its broker', () => {
  it.each([
    ['is told the name of this one', 'there', { 'bridge-origin': 'here' }, { 'bridge-origin': 'there' }],
    ['is told nothing where there is no name', undefined, { 'bridge-origin': 'here' }, undefined],
    ['other clients are told nothing', 'there', { other: 'here' }, undefined],
  ])('%s', async (_name, brokerId, userProperties, expected) => {
    const harness = new ShardHarness(brokerId === undefined ? {} : { brokerId });
    const { client } = harness.open(5);
    const connack = await client.connect({ properties: { userProperties } });
    expect(connack.properties?.userProperties).toEqual(expected);
  });
});
