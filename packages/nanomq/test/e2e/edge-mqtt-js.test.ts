import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { type EdgeBroker, startEdgeBroker } from './edge-broker.ts';

const VERSIONS: readonly [name: string, options: IClientOptions][] = [
  ['3.1', { protocolVersion: 3, protocolId: 'MQIsdp' }],
  ['3.1.1', { protocolVersion: 4 }],
  ['5.0', { protocolVersion: 5 }],
];
const CARRIERS = ['ws', 'wss', 'mqtts'] as const;
/** Many frames of TCP, TLS and WebSocket. */
const LARGE_BYTES = 3_000_000;

describe('MQTT.js in Node', () => {
  let broker: EdgeBroker;
  const open: MqttClient[] = [];

  beforeAll(async () => {
    broker = await startEdgeBroker();
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((client) => client.endAsync(true)));
  });
  afterAll(() => broker?.stop());

  async function connect(carrier: (typeof CARRIERS)[number], options: IClientOptions): Promise<MqttClient> {
    const { ports, certs } = broker;
    const port = carrier === 'mqtts' ? ports.tls : ports[carrier];
    const url = `${carrier}://127.0.0.1:${port}${carrier === 'mqtts' ? '' : '/mqtt'}`;
    const client = await connectAsync(url, { reconnectPeriod: 0, ca: certs.read('ca.pem'), ...options });
    open.push(client);
    return client;
  }

  describe.each(CARRIERS)('over %s', (carrier) => {
    it.each(VERSIONS)(
      'MQTT %s: 20 messages of each QoS arrive once and in order [MQTT-4.2.0-1] [MQTT-6.0.0-2]',
      async (_, version) => {
        const topic = `edge/${carrier}/${version.protocolVersion}`;
        const [subscriber, publisher] = [await connect(carrier, version), await connect(carrier, version)];
        for (const qos of [0, 1, 2] as const) {
          const received = collect(subscriber, 20);
          await subscriber.subscribeAsync(`${topic}/${qos}`, { qos });
          const payloads = Array.from({ length: 20 }, (_, i) => String(i));
          await Promise.all(payloads.map((payload) => publisher.publishAsync(`${topic}/${qos}`, payload, { qos })));
          expect((await received).map(String)).toEqual(payloads);
        }
      },
    );

    it('a large message arrives whole', async () => {
      const payload = Buffer.alloc(LARGE_BYTES, 'abcdefg');
      const client = await connect(carrier, { protocolVersion: 5 });
      const received = collect(client, 1);
      await client.subscribeAsync(`edge/${carrier}/large`, { qos: 1 });
      await client.publishAsync(`edge/${carrier}/large`, payload, { qos: 1 });
      expect((await received)[0]?.equals(payload)).toBe(true);
    });
  });

  it('refuses the broker whose CA it does not know', async () => {
    const ca = broker.certs.read('stranger-ca.pem');
    await expect(connect('wss', { protocolVersion: 5, ca })).rejects.toThrow(/certificate/);
  });
});

/** Resolves with the first `count` payloads; call it before subscribing, so that none slips by. */
function collect(client: MqttClient, count: number): Promise<Buffer[]> {
  return new Promise((resolve) => {
    const payloads: Buffer[] = [];
    const take = (_: string, payload: Buffer) => {
      if (payloads.push(payload) < count) return;
      client.off('message', take);
      resolve(payloads);
    };
    client.on('message', take);
  });
}
