import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { FakeClock } from '../src/fake-clock.ts';
import { MemoryLink } from '../src/memory-link.ts';
import { MemoryTransport } from '../src/memory-transport.ts';
import { RawClient } from '../src/raw-client.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const AsyncFunction = (async () => {}).constructor as new (
  ...texts: string[]
) => (...values: unknown[]) => Promise<void>;

it('the example of the README prints what it says', async () => {
  const code = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const body = code.replace(/^import .*\n/m, '');
  const printed: unknown[] = [];
  const names = ['FakeClock', 'MemoryLink', 'MemoryTransport', 'RawClient', 'console'];
  const run = new AsyncFunction(...names, body);
  await run(FakeClock, MemoryLink, MemoryTransport, RawClient, { log: (value: unknown) => printed.push(value) });
  expect(printed).toEqual([['pingresp']]);
  expect(code).toContain("// ['pingresp']");
});
