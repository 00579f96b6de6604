import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as config from '../src/index.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

const examples = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code);

it.each(examples.map((code, index) => [index + 1, code] as const))(
  'example %i of the README prints what it says',
  (_, code) => {
    const printed: unknown[] = [];
    const body = code.replace(/^import .*\n/m, '');
    const run = new Function(
      'exported',
      'console',
      `const { formatWarning, loadConfig, changeConfig } = exported;\n${body}`,
    );
    run(config, { log: (value: unknown) => printed.push(value) });
    const said = [...code.matchAll(/^console\.log.*?; \/\/ (.*)$/gm)].map(([, text]) =>
      new Function(`return ${text}`)(),
    );
    expect(said.length).toBeGreaterThan(1);
    expect(printed).toEqual(said);
  },
);
