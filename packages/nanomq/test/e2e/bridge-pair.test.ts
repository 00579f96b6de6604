import mqtt, { type MqttClient } from 'mqtt';
import { expect, it, onTestFinished } from 'vitest';
import { CONNECTED, printed } from './bridged-broker.ts';
import { freePort } from './free-port.ts';
import { NANOMQ, type StartedBroker, startBroker } from './started-broker.ts';

/** A broker with a port for its neighbour, and a bridge that sends everything to the neighbour. */
async function start(own: number, neighbour: number, bridge: string): Promise<StartedBroker> {
  const broker = await startBroker(
    [NANOMQ, 'start'],
    ({ mqtt: port }) => `listeners.tcp { bind = "127.0.0.1:${port}", neighbour.bind = "127.0.0.1:${own}" }
      log.level = info
      bridges.mqtt.neighbour { server = "mqtt-tcp://127.0.0.1:${neighbour}", proto_ver = 5, backoff_max = 500ms
        ${bridge}
      }`,
  );
  onTestFinished(async () => void (await broker.stop()));
  return broker;
}

async function subscriberTo(broker: StartedBroker): Promise<{ client: MqttClient; payloads: string[] }> {
  const client = await mqtt.connectAsync(broker.url);
  onTestFinished(() => client.endAsync());
  const payloads: string[] = [];
  client.on('message', (_topic, payload) => payloads.push(payload.toString()));
  await client.subscribeAsync('#', { qos: 1 });
  return { client, payloads };
}

/** Publishes at both brokers. @returns what the subscribers had got when that many had come to each */
async function exchange(bridge: string, expectedEach: number): Promise<readonly (readonly string[])[]> {
  const [port, otherPort] = [await freePort(), await freePort()];
  const one = await start(port, otherPort, bridge);
  const other = await start(otherPort, port, bridge);
  await Promise.all([printed(one, CONNECTED), printed(other, CONNECTED)]);
  const here = await subscriberTo(one);
  const there = await subscriberTo(other);
  for (let i = 0; i < 5; i++) {
    await here.client.publishAsync('t', `here ${i}`, { qos: 1 });
    await there.client.publishAsync('t', `there ${i}`, { qos: 1 });
  }
  const counts = () => [here.payloads.length, there.payloads.length];
  await expect.poll(counts, { timeout: 5000 }).toEqual([expectedEach, expectedEach]);
  // What goes round would come again with what goes the same ways now.
  await here.client.publishAsync('t/end', 'end', { qos: 1 });
  await expect.poll(() => there.payloads.includes('end'), { timeout: 5000 }).toBe(true);
  return [here, there].map(({ payloads }) => payloads.filter((payload) => payload !== 'end').toSorted());
}

const MESSAGES = [0, 1, 2, 3, 4].flatMap((i) => [`here ${i}`, `there ${i}`]).toSorted();

it('two brokers that send # to each other carry each message once', async () => {
  const got = await exchange('forwards = [{ local_topic = "#", remote_topic = "" }]', 10);
  expect(got).toEqual([MESSAGES, MESSAGES]);
});

it('two brokers that ask each other for # carry each message once', async () => {
  const got = await exchange('subscription = [{ remote_topic = "#", local_topic = "", qos = 1 }]', 10);
  expect(got).toEqual([MESSAGES, MESSAGES]);
});

it('two brokers that send # to each other and ask for it carry each message as often as they are told to, and no more', async () => {
  const bridge = `forwards = [{ local_topic = "#", remote_topic = "" }]
    subscription = [{ remote_topic = "#", local_topic = "", qos = 1 }]`;
  const [here = [], there = []] = await exchange(bridge, 15);
  expect(new Set(here)).toEqual(new Set(MESSAGES));
  expect(here.filter((payload) => payload.startsWith('there'))).toHaveLength(10);
  expect(there.filter((payload) => payload.startsWith('here'))).toHaveLength(10);
});
