import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { writePidFile } from '../../src/control/pid-file.ts';
import { temporaryFolder } from '../cli/fake-surroundings.ts';

afterEach(() => void vi.restoreAllMocks());

it('holds the process identifier, for its user alone, and goes with the broker', () => {
  const path = join(temporaryFolder(), 'nanomq.pid');
  writeFileSync(path, '123456789\nleft over\n', { mode: 0o600 });
  const remove = writePidFile(path, 42);
  expect(readFileSync(path, 'utf8')).toBe('42\n');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  remove();
  remove();
  expect(existsSync(path)).toBe(false);
});

it('stays when another broker has written it since', () => {
  const path = join(temporaryFolder(), 'nanomq.pid');
  const remove = writePidFile(path, 42);
  writePidFile(path, 43);
  remove();
  expect(readFileSync(path, 'utf8')).toBe('43\n');
});

it('is not written through a link', () => {
  const folder = temporaryFolder();
  const victim = join(folder, 'victim');
  writeFileSync(victim, 'precious');
  symlinkSync(victim, join(folder, 'nanomq.pid'));
  expect(() => writePidFile(join(folder, 'nanomq.pid'))).toThrow(/cannot be written: .*ELOOP/);
  expect(readFileSync(victim, 'utf8')).toBe('precious');
});

it('is not waited for where somebody put a FIFO', () => {
  const path = join(temporaryFolder(), 'nanomq.pid');
  execFileSync('mkfifo', [path]);
  expect(() => writePidFile(path)).toThrow(/cannot be written: .*ENXIO/);
});

it('is not written over a file of another user', () => {
  const path = join(temporaryFolder(), 'nanomq.pid');
  writeFileSync(path, 'theirs');
  vi.spyOn(process, 'geteuid').mockReturnValue(statSync(path).uid + 1);
  expect(() => writePidFile(path)).toThrow('belongs to another user');
  expect(readFileSync(path, 'utf8')).toBe('theirs');
});
