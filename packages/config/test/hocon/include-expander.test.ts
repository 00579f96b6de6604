// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are HOCON, whose substitutions look so
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadHocon } from '../../src/hocon/load-hocon.ts';
import { problemOf } from './hocon-helper.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'nanomq-config-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function write(files: Record<string, string | Uint8Array>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), content);
  }
}

function load(file = 'main.conf'): unknown {
  return loadHocon({ file }, { cwd: directory, env: {} }).root;
}

it.each<[string, string, unknown]>([
  ['at the root', 'include "sub.conf"', { x: 1 }],
  ['with file()', 'include file("sub.conf")', { x: 1 }],
  ['with required()', 'include required("sub.conf")', { x: 1 }],
  ['with required(file())', 'include required(file("sub.conf"))', { x: 1 }],
  ['in a section', 's { a = 0, include "sub.conf" }', { s: { a: 0, x: 1 } }],
  ['as a value in braces', 's = { include "sub.conf" }', { s: { x: 1 } }],
  ['as a value', 's = include "sub.conf"', { s: { x: 1 } }],
  ['in a list', 's = [{ include "sub.conf" }]', { s: [{ x: 1 }] }],
  ['twice, which is no circle', 'a { include "sub.conf" }\nb { include "sub.conf" }', { a: { x: 1 }, b: { x: 1 } }],
  ['before a key that wins over it', 'include "sub.conf"\nx = 2', { x: 2 }],
  ['after a key it wins over', 'x = 2\ninclude "sub.conf"', { x: 1 }],
  ['with a substitution into the including file', 'y = 5\ninclude "uses-y.conf"', { y: 5, z: 5 }],
])('includes %s', (_, text, expected) => {
  write({ 'main.conf': text, 'sub.conf': '\ufeffx = 1\r\n', 'uses-y.conf': 'z = ${y}' });
  expect(load()).toStrictEqual(expected);
});

it('looks beside the including file first, then in the working directory', () => {
  write({
    'dir/main.conf': 'include "a.conf"\ninclude "b.conf"',
    'dir/a.conf': 'a = beside',
    'a.conf': 'a = cwd',
    'b.conf': 'b = cwd',
  });
  expect(load('dir/main.conf')).toEqual({ a: 'beside', b: 'cwd' });
});

it('names the included file in the place of an error', () => {
  write({ 'main.conf': '\ninclude "sub.conf"', 'sub.conf': 'a = 1\nb = = 2' });
  expect(() => load()).toThrow(/^sub\.conf:2:5: /);
});

it.each<[string, Record<string, string | Uint8Array>, string]>([
  ['a missing file', { 'main.conf': 'a = 1\n  include "none.conf"' }, 'INCLUDE_MISSING 2:3'],
  ['a missing required file', { 'main.conf': 'include required(file("none.conf"))' }, 'INCLUDE_MISSING 1:1'],
  ['itself', { 'main.conf': 'include "main.conf"' }, 'INCLUDE_CYCLE 1:1'],
  ['a circle', { 'main.conf': 'include "b.conf"', 'b.conf': '\ninclude "main.conf"' }, 'INCLUDE_CYCLE 2:1'],
  ['a directory', { 'main.conf': 'include "d"', 'd/x': '' }, 'FILE_UNREADABLE 1:1'],
  ['bytes that are not UTF-8', { 'main.conf': 'include "b"', b: new Uint8Array([0x61, 0xff]) }, 'FILE_NOT_UTF8 1:1'],
])('refuses to include %s', (_, files, expected) => {
  write(files);
  expect(problemOf(load)).toBe(expected);
});

it('says in which line of which file the bytes are not UTF-8', () => {
  write({ 'main.conf': 'a = ä\ninclude "b"', b: Buffer.from('x = ä\n# caf\xe9', 'latin1') });
  expect(() => load()).toThrow('main.conf:2:1: the configuration file is not UTF-8 text: b, line 1');
  write({ b: Buffer.concat([Buffer.from('x = ä\n# '), Buffer.from([0xe9])]) });
  expect(() => load()).toThrow('b, line 2');
});

it('refuses a device, which could be endless', () => {
  write({ 'main.conf': 'include "/dev/zero"' });
  expect(problemOf(load)).toBe('FILE_UNREADABLE 1:1');
});

it('notices a circle through a symbolic link', () => {
  write({ 'main.conf': 'include "link.conf"' });
  symlinkSync(join(directory, 'main.conf'), join(directory, 'link.conf'));
  expect(problemOf(load)).toBe('INCLUDE_CYCLE 1:1');
});

it.each([
  [10, 'ok'],
  [11, 'INCLUDE_TOO_DEEP 1:1'],
])('%i levels of includes: %s', (levels, expected) => {
  const files = Array.from({ length: levels }, (_, i): [string, string] => [`${i}.conf`, `include "${i + 1}.conf"`]);
  write({ ...Object.fromEntries(files), 'main.conf': 'include "1.conf"', [`${levels}.conf`]: 'a = ok' });
  const result = problemOf(load);
  expect(result).toEqual(expected === 'ok' ? { a: 'ok' } : expected);
});

it('refuses more than 256 files', () => {
  write({ 'main.conf': 'include "s.conf"\n'.repeat(300), 's.conf': 'a = 1' });
  expect(problemOf(load)).toMatch(/^FILE_TOO_LARGE/);
});

it('refuses a file of more than 16 MB', () => {
  write({ 'main.conf': new Uint8Array(16 * 1024 * 1024 + 1).fill(0x23) });
  expect(problemOf(load)).toBe('FILE_TOO_LARGE flag');
});

it('refuses a main file that is missing', () => {
  expect(problemOf(load)).toBe('FILE_UNREADABLE flag');
});
