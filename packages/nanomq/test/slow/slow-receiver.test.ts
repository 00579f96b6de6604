import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RawClient, TcpLink } from '@nanomq-ts/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { NANOMQ, type StartedBroker, startBroker } from '../e2e/started-broker.ts';
import { NumberedPublisher, NumberedReceiver } from './numbered-stream.ts';
import { MemoryWatch } from './resident-memory.ts';

const IS_SHORT = process.env.NANOMQ_SLOW_SHORT === '1';
const MEBIBYTE = 1024 * 1024;
/** Published while one subscriber does not read. */
const FLOOD_BYTES = IS_SHORT ? 100 * MEBIBYTE : 1024 * MEBIBYTE;
/** Published before: what the same load costs without the slow one is not its cost. The heap grows for some 300 MiB. */
const WARM_UP_BYTES = Math.max(FLOOD_BYTES, 400 * MEBIBYTE);
const PAYLOAD_BYTES = 16 * 1024;
const COST_LIMIT_BYTES = 16 * MEBIBYTE;
/** In flight to the receiver that reads: what the broker may buffer for it must hold it. */
const BATCH = 128;
const TOPIC = 'flood';

let folder = '';
let broker: StartedBroker;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nanomq-slow-'));
  const file = join(folder, 'nanomq.conf');
  await writeFile(file, 'mqtt.sys_interval = 1s\n');
  broker = await startBroker([NANOMQ, 'start', '--conf', file]);
});

afterAll(async () => {
  expect(await broker.stop()).toEqual({ code: 0, signal: null });
  await rm(folder, { recursive: true, force: true });
});

async function connect(clientId: string): Promise<{ client: RawClient; link: TcpLink }> {
  const link = await TcpLink.open(broker.port);
  const client = new RawClient(link, 4);
  await client.connect({ clientId });
  return { client, link };
}

/** Publishes that many messages, no faster than the receiver that reads takes them. */
async function flood(publisher: NumberedPublisher, receiver: NumberedReceiver, messages: number): Promise<void> {
  const end = publisher.published + messages;
  while (publisher.published < end && receiver.fault === '') {
    await publisher.publish(Math.min(BATCH, end - publisher.published));
    await receiver.until(publisher.published);
  }
}

/** The next statistics after now, by reason. */
async function drops(client: RawClient, reason: string): Promise<number> {
  const topic = `$SYS/brokers/messages/dropped/${reason}`;
  await client.subscribe(topic);
  for (;;) {
    const { retain, payload } = await client.next('publish', 5000);
    if (retain) continue;
    await client.unsubscribe(topic);
    return Number(payload.toString());
  }
}

/** How many messages come until no more do; QoS 1 waits for acknowledgements, which go out by themselves. */
async function messagesOf(client: RawClient): Promise<number> {
  for (let before = -1; ; ) {
    const count = client.received.filter(({ cmd }) => cmd === 'publish').length;
    if (count === before) return count;
    before = count;
    await client.ping();
  }
}

it.each([
  // QoS 0: max_outbuffer_bytes, 8 MB. QoS 1: max_mqueue_bytes, 8 MB, and 1 MiB each in out-buffer and inflight window.
  ['QoS 0', 0, 'slow_receiver'],
  ['QoS 1', 1, 'queue_full'],
] as const)(
  `a subscriber that stops reading while ${FLOOD_BYTES / MEBIBYTE} MiB of %s come for it costs less than ${COST_LIMIT_BYTES / MEBIBYTE} MiB; others notice nothing, and every drop is counted`,
  async (_, qos, reason) => {
    const pid = broker.process.pid as number;
    const { client: observer } = await connect('observer');
    const publisher = await NumberedPublisher.open(broker.port, TOPIC, qos, PAYLOAD_BYTES);
    const receiver = await NumberedReceiver.open(broker.port, TOPIC, PAYLOAD_BYTES);
    const warmUp = new MemoryWatch(pid);
    await flood(publisher, receiver, WARM_UP_BYTES / PAYLOAD_BYTES);
    const base = warmUp.stop();
    const before = await drops(observer, reason);

    const { client: slow, link } = await connect('slow');
    await slow.subscribe(TOPIC, qos);
    link.pause();
    const watch = new MemoryWatch(pid);
    await flood(publisher, receiver, FLOOD_BYTES / PAYLOAD_BYTES);
    const cost = watch.stop() - base;
    process.stdout.write(
      `${reason}: base ${(base / MEBIBYTE).toFixed(1)} MiB, cost ${(cost / MEBIBYTE).toFixed(1)} MiB\n`,
    );
    expect([receiver.fault, receiver.received]).toEqual(['', (WARM_UP_BYTES + FLOOD_BYTES) / PAYLOAD_BYTES]);
    expect(cost).toBeLessThan(COST_LIMIT_BYTES);

    const dropped = (await drops(observer, reason)) - before;
    link.resume();
    const came = await messagesOf(slow);
    expect(dropped).toBeGreaterThan(0);
    expect(came + dropped).toBe(FLOOD_BYTES / PAYLOAD_BYTES);
    for (const each of [publisher, receiver]) each.close();
    for (const each of [slow, observer]) each.destroy();
  },
);
