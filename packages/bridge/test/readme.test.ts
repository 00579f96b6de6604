import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Bridges } from '../src/index.ts';
import { BridgeHarness, PLAIN_BRIDGE } from './bridge-harness.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const AsyncFunction = (async () => {}).constructor as new (...args: string[]) => (...args: unknown[]) => Promise<void>;

it('the example of the README prints what it says', async () => {
  const code = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const printed: unknown[] = [];
  const harness = new BridgeHarness();
  const { shard, clock } = harness.local;
  const subscriber = await harness.remote.client(5);
  await subscriber.subscribe('#', 1);
  const arrived = async () => {
    const [payload] = await harness.payloads(subscriber);
    const published = subscriber.received.find((packet) => packet.cmd === 'publish');
    return `${published?.cmd === 'publish' ? published.topic : ''} ${payload}`;
  };
  const names = {
    Bridges,
    shard,
    clock,
    logger: shard.logger,
    openStream: harness.openStream,
    options: PLAIN_BRIDGE,
    connected: () => harness.advance(3000),
    arrived,
  };
  const run = new AsyncFunction(...Object.keys(names), 'console', code.replace(/^import .*\n/gm, ''));
  await run(...Object.values(names), { log: (value: unknown) => printed.push(String(value)) });
  const said = [...code.matchAll(/^console\.log.*?; \/\/ (.*)$/gm)].map(([, text]) => text);
  expect(said).toHaveLength(2);
  expect(printed).toEqual(said);
});

it('the options table names each option', () => {
  const table = /## Options\n([\s\S]*?)\n## /.exec(readme)?.[1] ?? '';
  const named = [...table.matchAll(/`(\w+)`/g)].map(([, name]) => name);
  for (const option of Object.keys(PLAIN_BRIDGE)) expect(named).toContain(option);
});
