import { readFileSync } from 'node:fs';
import { TurnQueue } from '@nanomq-ts/core';
import { expect, it } from 'vitest';
import { openAdminServer } from '../src/index.ts';
import { AdminHarness } from './support/admin-harness.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const AsyncFunction = (async () => {}).constructor as new (...args: string[]) => (...args: unknown[]) => Promise<void>;

it('the example of the README prints what it says', async () => {
  const code = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const { admin, config } = await AdminHarness.open();
  const logger = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };
  const printed: unknown[] = [];
  const names = ['openAdminServer', 'admin', 'config', 'logger', 'shard', 'console'];
  const run = new AsyncFunction(...names, code.replace(/^import .*\n/gm, ''));
  const shard = { turn: { steps: new TurnQueue((callback) => void setImmediate(callback)) } };
  await run(openAdminServer, admin, config, logger, shard, { log: (value: unknown) => printed.push(value) });
  const said = [...code.matchAll(/^console\.log.*?; \/\/ (.*)$/gm)].map(([, text]) => text);
  expect(said).toHaveLength(2);
  expect(printed.map(String)).toEqual(said);
});
