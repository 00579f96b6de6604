import { ShardHarness } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';

describe.each([
  ['3.1', 3],
  ['3.1.1', 4],
  ['5.0', 5],
] as const)('PINGREQ, MQTT %s', (_, version) => {
  it('[MQTT-3.12.4-1] is answered with PINGRESP, each one', async () => {
    const harness = new ShardHarness();
    const { client, transport } = harness.open(version);
    await client.connect({ clientId: 'a' });
    transport.take();
    client.sendHex('c0 00 c0 00 c0 00');
    harness.clock.runTurn();
    expect(transport.take().toString('hex')).toBe('d000d000d000');
    expect(transport.state).toBe('open');
  });

  it('is answered behind what came for the client before', async () => {
    const harness = new ShardHarness();
    const client = await harness.client(version);
    await client.subscribe('t', 1);
    client.publish('t', 'x', { qos: 1 });
    await client.ping();
    expect(client.received.slice(2).map(({ cmd }) => cmd)).toEqual(['publish', 'puback', 'pingresp']);
  });

  it.each([
    ['with flags', 'c1 00', 0x81],
    ['with a body', 'c0 01 00', 0x81],
  ])('%s is malformed and not answered', async (_, hex, reasonCode) => {
    const client = await new ShardHarness().client(version);
    client.sendHex(hex);
    await client.expectClosed();
    const sent = client.received.slice(1).map((packet) => [packet.cmd, 'reasonCode' in packet && packet.reasonCode]);
    expect(sent).toEqual(version === 5 ? [['disconnect', reasonCode]] : []);
  });
});
