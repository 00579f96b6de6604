import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createBroker } from '../src/index.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const AsyncFunction = (async () => {}).constructor as new (
  ...texts: string[]
) => (...values: unknown[]) => Promise<void>;

it('the example of the README prints what it says', async () => {
  const code = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  expect(code).toContain('127.0.0.1:1883');
  // Any free port in its place: another broker may have the one of MQTT.
  const body = code.replace(/^import .*\n/m, '').replace('127.0.0.1:1883', '127.0.0.1:0');
  const printed: string[] = [];
  const console = { log: (...values: unknown[]) => printed.push(values.join(' ')) };
  await new AsyncFunction('createBroker', 'console', body)(createBroker, console);
  expect(printed).toEqual(['delivered', 'room/1/temperature 21.5']);
  expect([...code.matchAll(/console\.log.*; \/\/ (.*)/g)].map(([, said]) => said)).toEqual(printed);
});
