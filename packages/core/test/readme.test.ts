import { readFileSync } from 'node:fs';
import { FakeClock, MemoryTransport, TEST_SHARD_OPTIONS } from '@nanomq-ts/testkit';
import { expect, it } from 'vitest';
import { MemoryStore, OpenAccess, Shard } from '../src/index.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

it('the example of the README prints what it says', () => {
  const code = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const printed: unknown[] = [];
  const names = { MemoryStore, OpenAccess, Shard, FakeClock, MemoryTransport, TEST_SHARD_OPTIONS };
  const run = new Function(...Object.keys(names), 'console', code.replace(/^import .*\n/gm, ''));
  run(...Object.values(names), { log: (value: unknown) => printed.push(value) });
  const said = [...code.matchAll(/^console\.log.*?; \/\/ (.*)$/gm)].map(([, text]) => text?.replaceAll(' ', ''));
  expect(said).toHaveLength(2);
  expect(printed).toEqual(said);
});

it('the options table names each option of ShardOptions', () => {
  const table = /## Options\n([\s\S]*?)\n## /.exec(readme)?.[1] ?? '';
  const named = [...table.matchAll(/`(\w+)`/g)].map(([, name]) => name);
  for (const option of Object.keys(TEST_SHARD_OPTIONS)) expect(named).toContain(option);
});
