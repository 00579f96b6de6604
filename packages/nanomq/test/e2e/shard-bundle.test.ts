import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { nameSourcePlaces } from '../../src/pool/source-places.ts';

const FOLDER = new URL('../../dist/shard/', import.meta.url);
const REQUIRED = /\brequire(?:\$\d+)?\(["']([^"']+)["']\)/g;
/** What these packages do without when it is not installed. */
const OPTIONAL = ['bufferutil', 'utf-8-validate', 'supports-color'];

function textOf(name: string): string {
  return readFileSync(new URL(name, FOLDER), 'utf8');
}

function requiredBy(name: string): Set<string> {
  return new Set([...textOf(name).matchAll(REQUIRED)].map(([, required]) => required as string));
}

function isOfNode(name: string): boolean {
  return builtinModules.includes(name.replace(/^node:/, ''));
}

it('a thread loads one file, and others only where they are configured', () => {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.cjs'));
  expect(files.sort()).toEqual(['jsonwebtoken.cjs', 'shard-main.cjs', 'shard-thread.cjs', 'ws.cjs']);
  expect([...requiredBy('shard-thread.cjs')].filter((name) => !isOfNode(name))).toEqual([]);
  const lazy = [...requiredBy('shard-main.cjs')].filter((name) => !isOfNode(name) && !OPTIONAL.includes(name));
  expect(lazy.sort()).toEqual(['./jsonwebtoken.cjs', './ws.cjs']);
  for (const name of ['jsonwebtoken.cjs', 'ws.cjs']) {
    expect([...requiredBy(name)].filter((required) => !isOfNode(required) && !OPTIONAL.includes(required))).toEqual([]);
  }
});

it('the bundle is ASCII, so that V8 keeps a byte a character', () => {
  for (const name of ['shard-main.cjs', 'jsonwebtoken.cjs', 'ws.cjs']) {
    const bytes = readFileSync(new URL(name, FOLDER));
    expect(bytes.every((byte) => byte < 0x80)).toBe(true);
  }
});

it('packages that are loaded where they are configured can be loaded', () => {
  const require = createRequire(fileURLToPath(new URL('shard-main.cjs', FOLDER)));
  expect(require('./jsonwebtoken.cjs')).toHaveProperty('verify');
  expect(require('./ws.cjs')).toHaveProperty('WebSocketServer');
});

it('the licenses of what is bundled stand beside it', () => {
  const notice = textOf('NOTICE.txt');
  for (const name of ['mqtt-packet', 'bl', 'debug', 'ws', 'jsonwebtoken', 'jws']) {
    expect(notice).toMatch(new RegExp(`^${name} \\d+\\.\\d+`, 'm'));
  }
});

it('the source map beside the bundle leads to the sources', () => {
  const path = fileURLToPath(new URL('shard-main.cjs', FOLDER));
  const line =
    textOf('shard-main.cjs')
      .split('\n')
      .findIndex((text) => text.includes('hostShard(node_worker_threads')) + 1;
  const error = Object.assign(new Error('on purpose'), { stack: `Error: on purpose\n    at ${path}:${line}:2` });
  expect(nameSourcePlaces(error, path).stack).toMatch(/\/nanomq\/src\/shard-main\.ts:\d+:1$/);
});
