import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CONFIG_ERRORS, ConfigError } from '../src/config-error.ts';

const SOURCES = new URL('../src', import.meta.url).pathname;
const TESTS = new URL('.', import.meta.url).pathname;

function textOf(directory: string): string {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  const wanted = files.filter((file) => /\.ts$/.test(file) && !file.includes('config-error'));
  return wanted.map((file) => readFileSync(join(directory, file), 'utf8')).join('\n');
}

it.each(Object.keys(CONFIG_ERRORS))('%s is raised somewhere and some test expects it', (code) => {
  expect(textOf(SOURCES)).toContain(`'${code}'`);
  expect(textOf(TESTS)).toContain(code);
});

it('has one line a problem, each with place and code', () => {
  const at = { kind: 'file', file: 'f', line: 1, column: 2 } as const;
  const env = { kind: 'env', name: 'NANOMQ_X' } as const;
  const error = new ConfigError([
    { code: 'VALUE_INVALID', origin: at, message: 'a' },
    { code: 'KEY_INVALID', origin: env, message: 'b' },
  ]);
  expect(error.message).toBe('f:1:2: a [VALUE_INVALID]\nenv NANOMQ_X: b [KEY_INVALID]');
  expect(error).toMatchObject({ code: 'VALUE_INVALID', origin: at });
});
