import { mkdirSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { checkRunDirectory, makeRunDirectory, ownUserId, runDirectory } from '../../src/control/run-directory.ts';
import { temporaryFolder } from '../cli/fake-surroundings.ts';

afterEach(() => void vi.restoreAllMocks());

describe('the run directory', () => {
  it.each([
    ['NANOMQ_RUN_DIR before all', { NANOMQ_RUN_DIR: '/a', XDG_RUNTIME_DIR: '/b' }, '/a'],
    ['XDG_RUNTIME_DIR', { NANOMQ_RUN_DIR: '', XDG_RUNTIME_DIR: '/run/user/7' }, '/run/user/7/nanomq'],
    [
      'a directory for the user among the temporary files',
      { XDG_RUNTIME_DIR: '' },
      join(tmpdir(), `nanomq-${ownUserId()}`),
    ],
  ])('%s', (_, env, expected) => {
    expect(runDirectory(env)).toBe(expected);
  });

  it('is made with mode 0700, and taken as it is when it is there', () => {
    const path = join(temporaryFolder(), 'run');
    makeRunDirectory(path);
    makeRunDirectory(path);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(checkRunDirectory(path)).toBe(true);
  });

  it('need not be there for a command that looks for brokers', () => {
    expect(checkRunDirectory(join(temporaryFolder(), 'none'))).toBe(false);
  });

  it.each([
    ['a link', (path: string) => symlinkSync(temporaryFolder(), path), 'is not a directory'],
    ['one that others may enter', (path: string) => mkdirSync(path, { mode: 0o711 }), 'others may enter'],
  ])('%s is refused', (_, make, text) => {
    const path = join(temporaryFolder(), 'run');
    make(path);
    expect(() => makeRunDirectory(path)).toThrow(text);
    expect(() => checkRunDirectory(path)).toThrow(text);
  });

  it('of another user is refused, also one made just before ours', () => {
    const path = temporaryFolder();
    vi.spyOn(process, 'geteuid').mockReturnValue(statSync(path).uid + 1);
    expect(() => makeRunDirectory(path)).toThrow('belongs to another user');
  });

  it('that cannot be made is named with the reason', () => {
    expect(() => makeRunDirectory('/proc/nanomq')).toThrow(/\/proc\/nanomq cannot be made: .*ENOENT/);
  });
});
