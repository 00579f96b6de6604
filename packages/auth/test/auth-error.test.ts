import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { AUTH_ERRORS, AuthError } from '../src/index.ts';

const SRC = new URL('../src/', import.meta.url);

it('an error names place and cause', () => {
  const cause = new Error('EACCES');
  const error = new AuthError('FILE_UNREADABLE', 'x', { file: '/etc/f', line: 3 }, cause);
  expect(error).toMatchObject({
    name: 'AuthError',
    code: 'FILE_UNREADABLE',
    source: { file: '/etc/f', line: 3 },
    cause,
  });
  expect(error.message).toBe('/etc/f:3: a file could not be read or written: x');
  expect(new AuthError('RULES_EMPTY', 'x')).not.toHaveProperty('cause');
});

it('every code is thrown somewhere, and every text is its own', () => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const text = files.map((name) => readFileSync(new URL(name, SRC), 'utf8')).join('\n');
  for (const code of Object.keys(AUTH_ERRORS)) expect(text).toContain(`AuthError('${code}'`);
  expect(new Set(Object.values(AUTH_ERRORS)).size).toBe(Object.keys(AUTH_ERRORS).length);
});
