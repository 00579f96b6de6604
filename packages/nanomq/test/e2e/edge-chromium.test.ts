import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

// biome-ignore lint/correctness/useImportExtensions: the module is plain JavaScript; beside it stand its types
import { chromiumPath } from '../../dev/real-clients.mjs';
import { type EdgeBroker, startEdgeBroker } from './edge-broker.ts';
import { EdgePage } from './edge-page.ts';

const chromium = chromiumPath();
const PAGE_LIMIT_MS = 60_000;

/** What a page does: subscribes, publishes with each QoS and a large one, and tells what came back. */
function roundTrip(url: string, protocolVersion: number): string {
  return `
    const client = await mqtt.connectAsync('${url}', { reconnectPeriod: 0, protocolVersion: ${protocolVersion} });
    const received = [];
    const all = new Promise((resolve) => {
      client.on('message', (topic, payload, { qos }) => {
        received.push([topic, qos, payload.length]);
        if (received.length === 4) resolve();
      });
    });
    await client.subscribeAsync('browser/#', { qos: 2 });
    for (const qos of [0, 1, 2]) await client.publishAsync('browser/' + qos, 'hi', { qos });
    await client.publishAsync('browser/large', 'x'.repeat(1000000), { qos: 1 });
    await all;
    await client.endAsync();
    return { received };`;
}

const RECEIVED = [
  ['browser/0', 0, 2],
  ['browser/1', 1, 2],
  ['browser/2', 2, 2],
  ['browser/large', 1, 1_000_000],
];

describe.runIf(chromium !== undefined)('MQTT.js in headless Chromium', { timeout: PAGE_LIMIT_MS }, () => {
  let broker: EdgeBroker;
  const pages: EdgePage[] = [];

  beforeAll(async () => {
    broker = await startEdgeBroker();
  });
  afterEach(() => {
    for (const page of pages.splice(0)) page.close();
  });
  afterAll(() => broker?.stop());

  async function resultOf(script: string, port = 0): Promise<unknown> {
    const page = await EdgePage.open(script, port);
    pages.push(page);
    return page.runIn(chromium ?? 'chromium', broker.certs.read('server.pem'));
  }

  it.each([
    ['ws', 4],
    ['ws', 5],
    ['wss', 4],
    ['wss', 5],
  ] as const)('over %s gets back what it publishes, protocol version %i', async (carrier, version) => {
    const url = `${carrier}://127.0.0.1:${broker.ports[carrier]}/mqtt`;
    expect(await resultOf(roundTrip(url, version))).toEqual({ received: RECEIVED });
  });

  it.each([
    ['lets in a page of an origin that is on the list', () => broker.ports.page, { outcome: 'open' }],
    ['keeps out a page of another origin', () => 0, { outcome: 'error' }],
  ])('CVE-2026-67405: %s', async (_, port, expected) => {
    const url = `ws://127.0.0.1:${broker.ports.guarded}/mqtt`;
    const script = `
      const socket = new WebSocket('${url}', 'mqtt');
      return new Promise((resolve) => {
        for (const outcome of ['open', 'error']) socket.addEventListener(outcome, () => resolve({ outcome }));
      });`;
    expect(await resultOf(script, port())).toEqual(expected);
    const refusals = broker.printed().split('the WebSocket origin is not allowed').length - 1;
    expect(refusals).toBe(expected.outcome === 'open' ? 0 : 1);
  });
});
