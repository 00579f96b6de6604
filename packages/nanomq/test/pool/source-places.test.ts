import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { nameSourcePlaces } from '../../src/pool/source-places.ts';

let folder: string;
let bundle: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nanomq-places-'));
  bundle = join(folder, 'main.cjs');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function errorAt(...places: readonly string[]): Error {
  const error = new Error('on purpose');
  error.stack = ['Error: on purpose', ...places.map((place) => `    at f (${place})`)].join('\n');
  return error;
}

it('names the line of the source in the place of the one of the bundle', () => {
  // Line 1, column 1 of the bundle is line 3, column 1 of the source.
  const map = { version: 3, sources: ['../src/a.ts'], names: [], mappings: 'AAEA' };
  writeFileSync(`${bundle}.map`, JSON.stringify(map));
  const { stack } = nameSourcePlaces(errorAt(`${bundle}:1:1`, 'node:events:10:2'), bundle);
  expect(stack).toBe(`Error: on purpose\n    at f (${join(folder, '../src/a.ts')}:3:1)\n    at f (node:events:10:2)`);
});

it.each([
  ['there is no source map', null],
  ['the source map is broken', '{'],
])('leaves the stack as it is when %s', (_, map) => {
  if (map !== null) writeFileSync(`${bundle}.map`, map);
  const error = errorAt(`${bundle}:1:1`);
  const before = error.stack;
  expect(nameSourcePlaces(error, bundle).stack).toBe(before);
});
