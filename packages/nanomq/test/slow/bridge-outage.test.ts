import { setTimeout as wait } from 'node:timers/promises';
import mqtt, { type MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MosquittoBroker } from '../e2e/mosquitto-broker.ts';
import { NANOMQ, type StartedBroker, startBroker } from '../e2e/started-broker.ts';
import { CutLine } from './cut-line.ts';

const TOPIC = 'numbers';
const HEALED_LIMIT_MS = 10_000;
const CONNECTED = 'the bridge is connected';

/** Numbers that came, in the order in which they came first, and how often one came again. */
class Received {
  readonly first: number[] = [];
  again = 0;
  readonly #seen = new Set<number>();

  constructor(client: MqttClient) {
    client.on('message', (_topic, payload) => {
      const number = Number(payload.toString());
      if (this.#seen.has(number)) this.again++;
      else this.first.push(number);
      this.#seen.add(number);
    });
  }
}

describe('a line that is cut for 100,000 messages', () => {
  let remote: MosquittoBroker;
  let line: CutLine;
  let broker: StartedBroker;
  let publisher: MqttClient;
  let subscriber: MqttClient;
  let received: Received;

  beforeEach(async () => {
    remote = await MosquittoBroker.start(['max_inflight_messages 1000']);
    line = await CutLine.to(remote.port);
  });
  afterEach(async () => {
    await Promise.all([publisher?.endAsync(true), subscriber?.endAsync(true)]);
    await broker?.stop();
    await line.close();
    await remote.stop();
  });

  async function begin(qos: 1 | 2): Promise<void> {
    broker = await startBroker(
      [NANOMQ, 'start'],
      ({ mqtt: port }) => `listeners.tcp.bind = "127.0.0.1:${port}"
        log.level = info
        bridges.mqtt.test {
          server = "mqtt-tcp://127.0.0.1:${line.port}", proto_ver = 5, clean_start = false
          conn_properties.session_expiry_interval = 3600
          backoff_max = 1s, cancel_timeout = 3000
          max_send_queue_len = 200000, max_send_queue_bytes = 100MB
          forwards = [{ local_topic = "${TOPIC}", remote_topic = "" }]
        }`,
    );
    await connections(1);
    publisher = await mqtt.connectAsync(broker.url, { protocolVersion: 5 });
    subscriber = await mqtt.connectAsync(`mqtt://127.0.0.1:${remote.port}`, { reconnectPeriod: 100 });
    await subscriber.subscribeAsync(TOPIC, { qos });
    received = new Received(subscriber);
  }

  /** Waits until the bridge has been connected so many times. @returns when it had */
  async function connections(count: number): Promise<number> {
    while (broker.printed().split(CONNECTED).length <= count) await wait(5);
    return performance.now();
  }

  /** Publishes numbers, and settles when the local broker has them all. */
  async function publish(from: number, until: number, qos: 1 | 2): Promise<void> {
    const open: Promise<unknown>[] = [];
    for (let number = from; number < until; number++) {
      open.push(publisher.publishAsync(TOPIC, String(number), { qos }));
      if (open.length < 500) continue;
      await Promise.all(open);
      open.length = 0;
    }
    await Promise.all(open);
  }

  async function untilArrived(count: number): Promise<number> {
    while (received.first.length < count) await wait(5);
    return performance.now();
  }

  it.each([
    ['the remote broker is killed', 'killed', 1, 100_000],
    ['packets are dropped without a close', 'silent', 1, 100_000],
    ['packets are dropped without a close, QoS 2', 'silent', 2, 20_000],
  ] as const)('%s: all arrive, in order, within 10 s', { timeout: 120_000 }, async (_name, cut, qos, count) => {
    await begin(qos);
    await publish(0, 1000, qos);
    await untilArrived(1000);

    if (cut === 'killed') {
      line.become('closed');
      await remote.kill();
    } else line.become('silent');
    await publish(1000, 1000 + count, qos);
    expect(received.first.length).toBeLessThan(1000 + count);

    if (cut === 'killed') {
      await remote.begin();
      while (!subscriber.connected) await wait(5);
      await subscriber.subscribeAsync(TOPIC, { qos });
    }
    line.become('open');
    const reconnectedMs = await connections(2);
    const arrivedMs = await untilArrived(1000 + count);
    expect(arrivedMs - reconnectedMs).toBeLessThan(HEALED_LIMIT_MS);
    expect(received.first).toEqual(Array.from({ length: 1000 + count }, (_, i) => i));
    if (qos === 2) expect(received.again).toBe(0);
  });
});
