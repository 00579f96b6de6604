import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { RecordedLog } from '@nanomq-ts/testkit';
import { expect, it } from 'vitest';
import { AccessRules, OPEN_SETTINGS } from '../src/index.ts';
import { HashWorkers } from '../src/passwords/hash-workers.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

it('the example of the README prints what it says', () => {
  const code = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const printed: string[] = [];
  const names = { AccessRules, OPEN_SETTINGS, logger: new RecordedLog() };
  const run = new Function(...Object.keys(names), 'console', code.replace(/^import .*\n/gm, ''));
  run(...Object.values(names), {
    log: (value: unknown) =>
      printed.push(typeof value === 'string' ? value : inspect(value).replace(/^\[ (.*) \]$/, '[$1]')),
  });
  const said = [...code.matchAll(/^console\.log.*?; \/\/ (.*)$/gm)].map(([, text]) => text);
  expect(said).toHaveLength(4);
  expect(printed).toEqual(said);
});

it('the table of options says what holds without them', () => {
  expect(readme).toMatch(/`workers`.*3 at once, 1000 wait/);
  const workers = new HashWorkers();
  const asked = Array.from({ length: 1004 }, () => workers.pbkdf2(Buffer.from('x'), Buffer.from('saltsalt'), 1, 32));
  expect(workers.running).toBe(3);
  return expect(Promise.all(asked)).rejects.toThrow('too many passwords wait to be checked');
});
