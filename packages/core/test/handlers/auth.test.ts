import { ShardHarness } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';

const CONTINUE = 'f0 06 18 04 15 00 01 6d';
const RE_AUTHENTICATE = 'f0 06 19 04 15 00 01 6d';

describe('AUTH without a method in CONNECT', () => {
  it.each([
    ['to continue', CONTINUE],
    ['to re-authenticate', RE_AUTHENTICATE],
  ])('%s ends the connection with 0x82, what is behind it is not read [MQTT-4.12.0-7]', async (_, hex) => {
    const harness = new ShardHarness();
    const { client } = harness.open(5);
    await client.connect({ clientId: 'a' });
    client.sendHex(`${hex} c0 00`);
    expect((await client.next('disconnect')).reasonCode).toBe(0x82);
    await client.expectClosed();
    expect(client.received.map(({ cmd }) => cmd)).toEqual(['connack', 'disconnect']);
    expect(harness.shard.counters.connectionsFailed).toBe(1);
  });

  it('counts as a failure of the client: its will is published', async () => {
    const harness = new ShardHarness();
    const witness = await harness.client(5);
    await witness.subscribe('w');
    const { client } = harness.open(5);
    await client.connect({
      clientId: 'a',
      will: { topic: 'w', payload: Buffer.from('bye'), qos: 0, retain: false },
    });
    client.sendHex(RE_AUTHENTICATE);
    await client.expectClosed();
    expect((await witness.next('publish')).payload.toString()).toBe('bye');
  });

  it('malformed is told so', async () => {
    const client = await new ShardHarness().client(5);
    client.sendHex('f0 06 18 04 15 00 02 6d');
    expect((await client.next('disconnect')).reasonCode).toBe(0x81);
  });

  it.each([
    ['3.1', 3],
    ['3.1.1', 4],
  ] as const)('type 15 is reserved in MQTT %s, which is closed without a word', async (_, version) => {
    const harness = new ShardHarness();
    const { client, transport } = harness.open(version);
    await client.connect({ clientId: 'a' });
    client.sendHex(CONTINUE);
    await client.expectClosed();
    expect(transport.sent).toHaveLength(0);
    expect(harness.logged.map(({ fields }) => fields.code)).toEqual(['PACKET_TYPE_RESERVED']);
  });
});
