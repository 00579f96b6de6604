import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { listenTcp } from '../src/index.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const AsyncFunction = (async () => {}).constructor as new (...args: string[]) => (...args: unknown[]) => Promise<void>;

it('the example of the README prints what it says', async () => {
  const code = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const printed: unknown[] = [];
  const run = new AsyncFunction('once', 'connect', 'listenTcp', 'console', code.replace(/^import .*\n/gm, ''));
  await run(once, connect, listenTcp, { log: (value: unknown) => printed.push(value) });
  const said = [...code.matchAll(/^console\.log.*?; \/\/ (.*)$/gm)].map(([, text]) => text);
  expect(said).toHaveLength(1);
  expect(printed).toEqual(said);
});
