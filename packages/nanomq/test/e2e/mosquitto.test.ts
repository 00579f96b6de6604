import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

// biome-ignore lint/correctness/useImportExtensions: the module is plain JavaScript; beside it stand its types
import { hasMosquittoClients } from '../../dev/real-clients.mjs';
import { MosquittoClients } from './mosquitto-client.ts';
import { type StartedBroker, startBroker } from './started-broker.ts';

describe.runIf(hasMosquittoClients())('mosquitto_pub and mosquitto_sub', () => {
  let broker: StartedBroker;

  beforeAll(async () => {
    broker = await startBroker();
  });
  afterAll(() => broker?.stop());

  describe.each([
    ['5.0', '5'],
    ['3.1.1', '311'],
    ['3.1', '31'],
  ])('MQTT %s', (_, version) => {
    let clients: MosquittoClients;
    const topic = `v${version}`;

    beforeEach(() => {
      clients = new MosquittoClients(broker.port, version);
    });
    afterEach(() => clients.close());

    it.each([0, 1, 2])('a subscriber to # gets what is published with QoS %i', async (qos) => {
      const subscriber = await clients.subscribe('-t', `${topic}/a/#`, '-q', '2');
      await clients.publish('-t', `${topic}/a/b`, '-m', 'hi', '-q', String(qos));
      expect(await subscriber.next()).toEqual({ topic: `${topic}/a/b`, qos, retain: false, payload: 'hi' });
    });

    it.each([0, 1])('a message goes out with the QoS of the subscription, %i, when that is lower', async (qos) => {
      const subscriber = await clients.subscribe('-t', `${topic}/lower/+`, '-q', String(qos));
      await clients.publish('-t', `${topic}/lower/b`, '-m', 'hi', '-q', '2');
      expect(await subscriber.next()).toMatchObject({ topic: `${topic}/lower/b`, qos, payload: 'hi' });
    });

    it('a retained message greets a later subscriber with RETAIN set, and an empty one deletes it', async () => {
      await clients.publish('-t', `${topic}/kept`, '-r', '-q', '1', '-m', 'last known');
      const first = await clients.subscribe('-t', `${topic}/kept`, '-q', '1');
      expect(await first.next()).toEqual({ topic: `${topic}/kept`, qos: 1, retain: true, payload: 'last known' });

      await clients.publish('-t', `${topic}/kept`, '-r', '-q', '1', '-n');
      const second = await clients.subscribe('-t', `${topic}/kept`, '-q', '1');
      await clients.publish('-t', `${topic}/kept`, '-q', '1', '-m', 'live');
      expect(await second.next()).toMatchObject({ retain: false, payload: 'live' });
    });

    it('the will of a client that vanishes is published', async () => {
      const watcher = await clients.subscribe('-t', `${topic}/will`, '-q', '1');
      const will = ['--will-topic', `${topic}/will`, '--will-payload', 'gone', '--will-qos', '1'];
      const vanishing = await clients.subscribe('-i', `vanishing-${version}`, '-t', `${topic}/none`, ...will);
      await vanishing.end('SIGKILL');
      expect(await watcher.next()).toEqual({ topic: `${topic}/will`, qos: 1, retain: false, payload: 'gone' });
    });
  });

  it('[v3.1.1 MQTT-7.0.0-2] a message crosses versions: published by 3.1, received by 5.0 and 3.1.1', async () => {
    const five = new MosquittoClients(broker.port, '5');
    const three = new MosquittoClients(broker.port, '311');
    const subscribers = [
      await five.subscribe('-t', 'cross/#', '-q', '2'),
      await three.subscribe('-t', 'cross/#', '-q', '2'),
    ];
    await new MosquittoClients(broker.port, '31').publish('-t', 'cross/x', '-q', '2', '-m', 'hi');
    const received = await Promise.all(subscribers.map((subscriber) => subscriber.next()));
    await Promise.all([five.close(), three.close()]);
    const expected = { topic: 'cross/x', qos: 2, retain: false, payload: 'hi' };
    expect(received).toEqual([expected, expected]);
  });
});
