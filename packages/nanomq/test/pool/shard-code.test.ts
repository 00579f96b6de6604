import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadShardCode, moduleIn, type ShardCode } from '../../src/pool/shard-code.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nanomq-code-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const TEXT = '(function (exports, require, module, __filename, __dirname) { exports.path = __filename; })';

function run(code: ShardCode): object {
  const module = { exports: {} };
  moduleIn(code)(module.exports, createRequire(code.path), module, code.path, folder);
  return module.exports;
}

it('runs the file that was compiled before', () => {
  const path = join(folder, 'main.cjs');
  writeFileSync(path, TEXT);
  expect(run(structuredClone(loadShardCode(path)))).toEqual({ path });
});

it('compiles anew what another V8 has compiled', () => {
  const path = join(folder, 'main.cjs');
  writeFileSync(path, TEXT);
  expect(run({ ...loadShardCode(path), compiled: new SharedArrayBuffer(64) })).toEqual({ path });
});
