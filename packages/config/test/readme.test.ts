import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as config from '../src/index.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

it('the example of the README prints what it says', () => {
  const code = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const printed: unknown[] = [];
  const body = code.replace(/^import .*\n/m, '');
  const run = new Function('formatWarning', 'loadConfig', 'console', body);
  run(config.formatWarning, config.loadConfig, { log: (value: unknown) => printed.push(value) });
  const said = [...code.matchAll(/^console\.log.*?; \/\/ (.*)$/gm)].map(([, text]) => new Function(`return ${text}`)());
  expect(said).toHaveLength(4);
  expect(printed).toEqual(said);
});
