import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { RecordedPeerEvents } from '@nanomq-ts/testkit';
import { expect, it } from 'vitest';
import { createRing, RingLink } from '../src/index.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

it('the example of the README prints what it says', () => {
  const code = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const printed: string[] = [];
  const run = new Function(
    'createRing',
    'RingLink',
    'RecordedPeerEvents',
    'console',
    code.replace(/^import .*\n/gm, ''),
  );
  run(createRing, RingLink, RecordedPeerEvents, { log: (value: unknown) => printed.push(inspect(value)) });
  const said = [...code.matchAll(/^console\.log.*?; \/\/ (.*)$/gm)].map(([, text]) => text);
  expect(said).toHaveLength(1);
  expect(printed).toEqual(said);
});
