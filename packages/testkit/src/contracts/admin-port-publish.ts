import type { AdminPublish } from '@nanomq-ts/core';
import { describe, expect, it } from 'vitest';
import type { AdminBench } from './admin-port.ts';
import { durable } from './durable-session.ts';
import { HOSTILE_TEXTS } from './hostile-texts.ts';

/** A message of client `api` to `a`. */
function message(parts: Partial<AdminPublish> = {}): AdminPublish {
  const whole = { clientId: 'api', topicName: 'a', payload: Buffer.from('x'), qos: 0, retain: false, properties: {} };
  return { ...whole, ...parts } as AdminPublish;
}

/** Declares the tests of publishing on somebody's behalf. */
export function declareAdminPublish(bench: AdminBench): void {
  describe('publish', () => {
    declareDelivery(bench);
    declareRefusals(bench);
  });
}

function declareDelivery(bench: AdminBench): void {
  it.each([3, 4, 5] as const)('reaches clients of version %i at each QoS', async (version) => {
    const { harness } = bench;
    const client = await harness.client(version, { clientId: 'c' });
    await client.subscribe('a', 2);
    for (const qos of [0, 1, 2] as const) {
      await harness.admin.publish(message({ qos, payload: Buffer.from(`q${qos}`) }));
      const came = await client.next('publish');
      expect(came).toMatchObject({ topic: 'a', qos, payload: Buffer.from(`q${qos}`), retain: false });
    }
  });

  it('waits for clients that are offline', async () => {
    const { harness } = bench;
    const first = await harness.client(4, durable(4, 'c'));
    await first.subscribe('a', 1);
    first.send({ cmd: 'disconnect' });
    await first.expectClosed();
    await harness.admin.publish(message({ qos: 1 }));
    const again = await harness.client(4, durable(4, 'c'));
    expect(await again.next('publish')).toMatchObject({ topic: 'a', qos: 1 });
  });

  it('hands the properties on', async () => {
    const { harness } = bench;
    const client = await harness.client(5, { clientId: 'c' });
    await client.subscribe('a', 1);
    const properties = {
      payloadFormat: 1 as const,
      messageExpirySeconds: 60,
      responseTopic: 'answer/größe',
      correlationData: Buffer.from('00ff', 'hex'),
      contentType: 'text/plain',
      userProperties: [
        ['name', '1'],
        ['name', '2'],
        ['🌡️', ''],
      ] as const,
    };
    await harness.admin.publish(message({ qos: 1, properties }));
    expect((await client.next('publish')).properties).toMatchObject({
      payloadFormatIndicator: true,
      messageExpiryInterval: 60,
      responseTopic: 'answer/größe',
      correlationData: Buffer.from('00ff', 'hex'),
      contentType: 'text/plain',
      userProperties: { name: ['1', '2'], '🌡️': '' },
    });
  });

  it('comes from the client it names: No Local holds, also for the retained message [MQTT-3.8.3-3]', async () => {
    const { harness } = bench;
    const own = await harness.client(5, { clientId: 'own' });
    const other = await harness.client(5, { clientId: 'other' });
    for (const client of [own, other]) await client.subscribe([{ topic: 'a', qos: 1, nl: true }]);
    await harness.admin.publish(message({ clientId: 'own', retain: true }));
    expect(await other.next('publish')).toMatchObject({ topic: 'a' });
    await own.expectNothing();
    for (const client of [own, other]) await client.subscribe([{ topic: 'a', qos: 1, nl: true }]);
    expect(await other.next('publish')).toMatchObject({ topic: 'a', retain: true });
    await own.expectNothing();
  });

  it('carries hostile topic names and payloads as they are', async () => {
    const { harness } = bench;
    const client = await harness.client(5, { clientId: 'c' });
    await client.subscribe('t/#', 1);
    for (const text of HOSTILE_TEXTS) {
      await harness.admin.publish(message({ topicName: `t/${text}`, payload: Buffer.from(text), qos: 1 }));
      expect(await client.next('publish')).toMatchObject({ topic: `t/${text}`, payload: Buffer.from(text) });
    }
  });
}

function declareRefusals(bench: AdminBench): void {
  it.each<[title: string, fault: Partial<AdminPublish>, text: string]>([
    ['an empty topic name [MQTT-4.7.3-1]', { topicName: '' }, 'topic name is empty'],
    ['a wildcard [MQTT-3.3.2-2]', { topicName: 'a/+' }, 'wildcard'],
    ['U+0000 [MQTT-4.7.3-2]', { topicName: 'a\0' }, 'U+0000'],
    ['half a surrogate pair [MQTT-1.5.4-1]', { topicName: '\udc00' }, 'surrogate'],
    ['65,536 bytes [MQTT-4.7.3-3]', { topicName: 'x'.repeat(65_536) }, '65535 bytes'],
    ['more levels than allowed', { topicName: 'a/'.repeat(128) }, '128 levels'],
    ['a response topic with a wildcard', { properties: { responseTopic: 'a/#' } }, 'esponse'],
    ['a response topic with half a surrogate pair', { properties: { responseTopic: '\ud800' } }, 'responseTopic'],
    ['a content type with U+0000', { properties: { contentType: '\0' } }, ''],
    ['a content type of 65,536 bytes', { properties: { contentType: 'x'.repeat(65_536) } }, 'contentType'],
    ['a negative expiry', { properties: { messageExpirySeconds: -1 } }, 'messageExpirySeconds'],
    ['an expiry above 32 bits', { properties: { messageExpirySeconds: 2 ** 32 } }, 'messageExpirySeconds'],
    ['a payload format that is none', { properties: { payloadFormat: 2 as 1 } }, 'payloadFormat'],
    ['correlation data of 65,536 bytes', { properties: { correlationData: Buffer.alloc(65_536) } }, 'correlationData'],
    [
      'more user properties than the limit',
      { properties: { userProperties: Array.from({ length: 33 }, () => ['n', 'v'] as const) } },
      'user properties',
    ],
    [
      'a payload that is not the UTF-8 it is said to be',
      { payload: Buffer.from('ff', 'hex'), properties: { payloadFormat: 1 } },
      'UTF-8',
    ],
  ])('refuses %s and says so', async (_, fault, text) => {
    const { harness } = bench;
    const client = await harness.client(5, { clientId: 'c' });
    await client.subscribe('#', 1);
    const refused = expect.objectContaining({
      name: 'AdminError',
      code: 'INVALID_MESSAGE',
      message: expect.stringContaining(text),
    });
    await expect(harness.admin.publish(message(fault))).rejects.toEqual(refused);
    await client.expectNothing();
  });

  it.each(['$SYS', '$SYS/brokers/uptime'])('does not publish to %s', async (topicName) => {
    const { harness } = bench;
    const client = await harness.client(5, { clientId: 'c' });
    await client.subscribe('$SYS/#', 1);
    const retained = message({ topicName, retain: true });
    await expect(harness.admin.publish(retained)).rejects.toEqual(expect.objectContaining({ code: 'NOT_AUTHORIZED' }));
    await client.expectNothing();
    expect(await harness.admin.retainedMessage(topicName)).toBeUndefined();
  });

  it('takes names that only resemble $SYS', async () => {
    const { harness } = bench;
    await harness.admin.publish(message({ topicName: '$SYSTEM/a', retain: true }));
    expect(await harness.admin.retainedMessage('$SYSTEM/a')).toMatchObject({ topicName: '$SYSTEM/a' });
  });
}
