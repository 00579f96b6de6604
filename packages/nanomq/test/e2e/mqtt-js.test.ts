import {
  connectAsync,
  connect as connectNow,
  type IClientOptions,
  type IConnackPacket,
  type IDisconnectPacket,
  type IPublishPacket,
  type MqttClient,
} from 'mqtt';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { type StartedBroker, startBroker } from './started-broker.ts';

type Qos = 0 | 1 | 2;

const VERSIONS: readonly [name: string, options: IClientOptions][] = [
  ['3.1', { protocolVersion: 3, protocolId: 'MQIsdp' }],
  ['3.1.1', { protocolVersion: 4 }],
  ['5.0', { protocolVersion: 5 }],
];

describe('MQTT.js', () => {
  let broker: StartedBroker;
  const open: MqttClient[] = [];

  beforeAll(async () => {
    broker = await startBroker();
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((client) => client.endAsync(true)));
  });
  afterAll(() => broker?.stop());

  async function connect(options: IClientOptions): Promise<MqttClient> {
    const client = await connectAsync(broker.url, { reconnectPeriod: 0, ...options });
    open.push(client);
    return client;
  }

  describe.each(VERSIONS)('MQTT %s', (name, version) => {
    it.each<Qos>([0, 1, 2])(
      '[MQTT-4.2.0-1] [v3.1.1 MQTT-7.0.0-2] [v3.1.1 MQTT-7.1.1-1] 20 messages with QoS %i arrive once each and in order',
      async (qos) => {
        const topic = `js/${name}/order/${qos}`;
        const [subscriber, publisher] = [await connect(version), await connect(version)];
        const received = collect(subscriber, 20);
        await subscriber.subscribeAsync(topic, { qos });
        const payloads = Array.from({ length: 20 }, (_, i) => String(i));
        await Promise.all(payloads.map((payload) => publisher.publishAsync(topic, payload, { qos })));
        const packets = await received;
        expect(packets.map((packet) => packet.payload.toString())).toEqual(payloads);
        expect(new Set(packets.map((packet) => packet.qos))).toEqual(new Set([qos]));
      },
    );

    it('a retained message greets a later subscriber, and an empty one deletes it [MQTT-3.3.1-6]', async () => {
      const topic = `js/${name}/kept`;
      const [publisher, first, second] = [await connect(version), await connect(version), await connect(version)];
      await publisher.publishAsync(topic, 'last known', { qos: 1, retain: true });
      const greeted = collect(first, 1);
      await first.subscribeAsync(topic, { qos: 1 });
      expect((await greeted)[0]).toMatchObject({ retain: true, payload: Buffer.from('last known') });

      await publisher.publishAsync(topic, '', { qos: 1, retain: true });
      const next = collect(second, 1);
      await second.subscribeAsync(topic, { qos: 1 });
      await publisher.publishAsync(topic, 'live', { qos: 1 });
      expect((await next)[0]).toMatchObject({ retain: false, payload: Buffer.from('live') });
    });

    it('a kept session gets with QoS 1 what was published while it was away [MQTT-3.1.2-5] [MQTT-3.1.2-23] [MQTT-4.5.0-1]', async () => {
      const topic = `js/${name}/away`;
      const properties = name === '5.0' ? { properties: { sessionExpiryInterval: 60 } } : {};
      const kept: IClientOptions = { ...version, clientId: `kept-${name}`, clean: false, ...properties };
      const before = await connect(kept);
      await before.subscribeAsync(topic, { qos: 1 });
      await before.endAsync();

      const publisher = await connect(version);
      await publisher.publishAsync(topic, 'while away', { qos: 1 });
      // Not through connect(): the queued message may come with the CONNACK, so listen before that.
      const after = connectNow(broker.url, { reconnectPeriod: 0, ...kept });
      open.push(after);
      const received = collect(after, 1);
      const connack = await new Promise<IConnackPacket>((resolve) => after.once('connect', resolve));
      expect(connack.sessionPresent).toBe(name !== '3.1');
      expect((await received)[0]).toMatchObject({ topic, qos: 1, payload: Buffer.from('while away') });
    });

    it('the will of a client that vanishes is published [MQTT-3.1.2-8]', async () => {
      const topic = `js/${name}/will`;
      const watcher = await connect(version);
      const received = collect(watcher, 1);
      await watcher.subscribeAsync(topic, { qos: 1 });
      const will = { topic, payload: Buffer.from('gone'), qos: 1 as const, retain: false };
      const vanishing = await connect({ ...version, will });
      vanishing.stream.destroy();
      expect((await received)[0]).toMatchObject({ topic, qos: 1, payload: Buffer.from('gone') });
    });
  });

  describe('MQTT 5.0 alone', () => {
    const version = { protocolVersion: 5 } as const;

    it('properties pass untouched and the subscription identifier is added', async () => {
      const [subscriber, publisher] = [await connect(version), await connect(version)];
      const received = collect(subscriber, 1);
      await subscriber.subscribeAsync('js/properties', { qos: 1, properties: { subscriptionIdentifier: 77 } });
      await publisher.publishAsync('js/properties', 'text', {
        qos: 1,
        properties: {
          payloadFormatIndicator: true,
          messageExpiryInterval: 600,
          contentType: 'text/plain',
          responseTopic: 'js/answer',
          correlationData: Buffer.from([0, 1, 255]),
          userProperties: { a: ['1', '3'], b: '2' },
        },
      });
      const [packet] = await received;
      expect(packet?.properties).toMatchObject({
        payloadFormatIndicator: true,
        contentType: 'text/plain',
        responseTopic: 'js/answer',
        correlationData: Buffer.from([0, 1, 255]),
        userProperties: { a: ['1', '3'], b: '2' },
        subscriptionIdentifier: 77,
      });
      // Counted down while it waits, never up [MQTT-3.3.2-6].
      expect(packet?.properties?.messageExpiryInterval).toBeLessThanOrEqual(600);
    });

    it('a subscriber with No Local does not hear itself [MQTT-3.8.3-3]', async () => {
      const [itself, other] = [await connect(version), await connect(version)];
      const received = collect(itself, 1);
      await itself.subscribeAsync('js/no-local', { qos: 1, nl: true });
      await itself.publishAsync('js/no-local', 'own', { qos: 1 });
      await other.publishAsync('js/no-local', 'foreign', { qos: 1 });
      expect((await received)[0]?.payload.toString()).toBe('foreign');
    });

    it('the members of a shared subscription get each message once between them', async () => {
      const members = await Promise.all([connect(version), connect(version), connect(version)]);
      const [publisher, count] = [await connect(version), 90];
      const payloads = Array.from({ length: count }, (_, i) => String(i));
      const received: string[] = [];
      const busy = new Set<MqttClient>();
      const all = new Promise<void>((resolve) => {
        for (const member of members) {
          member.on('message', (_, payload) => {
            busy.add(member);
            if (received.push(payload.toString()) === count) resolve();
          });
        }
      });
      for (const member of members) await member.subscribeAsync('$share/crew/js/shared/+', { qos: 1 });
      for (const payload of payloads) await publisher.publishAsync('js/shared/x', payload, { qos: 1 });
      await all;
      expect(received.toSorted((a, b) => Number(a) - Number(b))).toEqual(payloads);
      expect(busy.size).toBe(members.length);
    });

    it('a second connection of a client identifier ends the first with 0x8E [MQTT-3.1.4-3]', async () => {
      const first = await connect({ ...version, clientId: 'twice' });
      const told = new Promise<IDisconnectPacket>((resolve) => first.once('disconnect', resolve));
      await connect({ ...version, clientId: 'twice' });
      expect((await told).reasonCode).toBe(0x8e);
    });
  });
});

/** Resolves with the first `count` messages; call it before subscribing, so that none slips by. */
function collect(client: MqttClient, count: number): Promise<IPublishPacket[]> {
  return new Promise((resolve) => {
    const packets: IPublishPacket[] = [];
    client.on('message', (_, __, packet) => {
      if (packets.push(packet) === count) resolve(packets);
    });
  });
}
