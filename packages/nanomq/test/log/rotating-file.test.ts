import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RotatingFile } from '../../src/log/rotating-file.ts';

let folder: string;
let reports: string[];
const opened: RotatingFile[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nanomq-log-'));
  reports = [];
});
afterEach(() => {
  for (const file of opened.splice(0)) file.close();
  rmSync(folder, { recursive: true, force: true });
});

const at = (name: string) => join(folder, name);
const content = (name: string) => readFileSync(at(name), 'utf8');
const open = (options: { maxBytes?: number; maxFiles?: number; name?: string } = {}) => {
  const { maxBytes = 10, maxFiles = 3, name = 'n.log' } = options;
  const file = new RotatingFile({ path: at(name), maxBytes, maxFiles, report: (text) => reports.push(text) });
  opened.push(file);
  return file;
};

describe('RotatingFile', () => {
  it('sets the file aside when a line would make it too large, newest first', () => {
    const file = open();
    for (const line of ['1111\n', '2222\n', '3333\n', '4444\n', '5555\n']) file.write(line);
    expect(content('n.log')).toBe('5555\n');
    expect(content('n.log.1')).toBe('3333\n4444\n');
    expect(content('n.log.2')).toBe('1111\n2222\n');
  });

  it.each([1, 2, 3, 7])('keeps %i files however much is written', (maxFiles) => {
    const file = open({ maxFiles });
    for (let n = 0; n < 50; n += 1) file.write(`${String(n).padStart(7, '0')}\n`);
    expect(readdirSync(folder)).toHaveLength(maxFiles);
    expect(content('n.log')).toBe('0000049\n');
    if (maxFiles > 1) expect(content(`n.log.${maxFiles - 1}`)).toBe(`${String(50 - maxFiles).padStart(7, '0')}\n`);
    expect(reports).toEqual([]);
  });

  it('goes on with the file of an earlier run', () => {
    writeFileSync(at('n.log'), 'earlier\n');
    const file = open();
    file.write('1\n');
    expect(content('n.log')).toBe('earlier\n1\n');
    file.write('2\n');
    expect(content('n.log')).toBe('2\n');
  });

  it('removes what a run with a larger count left, and nothing else', () => {
    const others = ['n.log.old', 'n.log.2.gz', 'other.log.9', 'n.log.07', 'xn.log.9'];
    for (const name of ['n.log.1', 'n.log.2', 'n.log.3', 'n.log.12', ...others]) writeFileSync(at(name), name);
    open({ maxFiles: 3 });
    expect(readdirSync(folder).sort()).toEqual(['n.log', 'n.log.1', 'n.log.2', ...others].sort());
  });

  it('writes a line longer than a whole file, in one piece', () => {
    const file = open();
    const long = `${'x'.repeat(100)}\n`;
    file.write('1\n');
    file.write(long);
    file.write('2\n');
    expect([content('n.log'), content('n.log.1'), content('n.log.2')]).toEqual(['2\n', long, '1\n']);
  });

  it('counts bytes, not characters', () => {
    const file = open();
    file.write('ööö\n');
    file.write('ö12\n');
    expect(content('n.log')).toBe('ö12\n');
  });

  it('makes the directory, and files that nobody else can read', () => {
    const file = open({ name: 'deep/er/n.log', maxFiles: 2 });
    for (const line of ['1111111\n', '2222222\n']) file.write(line);
    for (const name of ['deep/er/n.log', 'deep/er/n.log.1']) expect(statSync(at(name)).mode & 0o777).toBe(0o600);
  });

  it.runIf(process.platform === 'linux')('gives up where no directory can be made, whatever the system says', () => {
    const options = { path: '/proc/nanomq-ts/deeper/n.log', maxBytes: 10, maxFiles: 3, report: () => {} };
    expect(() => new RotatingFile(options)).toThrow('ENOENT');
  });

  it('takes the rights of others away from a file that was there', () => {
    writeFileSync(at('n.log'), '');
    chmodSync(at('n.log'), 0o666);
    open();
    expect(statSync(at('n.log')).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['a symbolic link', () => symlinkSync(at('target'), at('n.log')), /ELOOP/],
    ['a directory', () => mkdirSync(at('n.log')), /EISDIR/],
    ['a pipe that nobody reads', () => execFileSync('mkfifo', [at('n.log')]), /ENXIO/],
  ])('refuses %s in the place of the file', (_, put, reason) => {
    put();
    expect(() => open()).toThrow(reason);
  });

  it('goes on in the same file and says so when it cannot be set aside', () => {
    const file = open({ maxFiles: 2 });
    mkdirSync(at('n.log.1'));
    for (let n = 0; n < 4; n += 1) file.write(`${n}234567\n`);
    expect(content('n.log')).toBe('0234567\n1234567\n2234567\n3234567\n');
    expect(reports[0]).toMatch(/n\.log cannot be set aside, it grows: .*(EISDIR|ENOTEMPTY|EEXIST|EPERM)/);
  });

  it('opened again, goes on in the file that has the name now, and says so where there can be none', () => {
    const file = open({ maxBytes: 20 });
    file.write('1234567\n');
    renameSync(at('n.log'), at('moved'));
    file.write('moved\n');
    file.reopen();
    file.write('1234567\n');
    file.reopen();
    for (const line of ['1234567\n', '1234567\n']) file.write(line);
    expect([content('moved'), content('n.log.1'), content('n.log')]).toEqual([
      '1234567\nmoved\n',
      '1234567\n1234567\n',
      '1234567\n',
    ]);
    rmSync(at('n.log'));
    mkdirSync(at('n.log'));
    file.reopen();
    file.write('lost\n');
    expect(reports).toEqual([expect.stringMatching(/n\.log cannot be opened again, .*EISDIR/)]);
  });

  it('never throws when writing fails, and says once that lines are lost', () => {
    const file = open();
    file.close();
    opened.length = 0;
    for (let n = 0; n < 3; n += 1) file.write('x\n');
    expect(reports).toEqual([expect.stringMatching(/n\.log cannot be written, lines are lost: .*EBADF/)]);
  });

  it('loses, repeats and reorders no line within the files kept', () => {
    const lines = fc.array(fc.string({ unit: 'grapheme', maxLength: 30 }), { maxLength: 60 });
    fc.assert(
      fc.property(
        lines,
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 80 }),
        (texts, maxFiles, maxBytes) => {
          rmSync(folder, { recursive: true });
          const file = open({ maxFiles, maxBytes });
          const written = texts.map((text) => `${JSON.stringify(text)}\n`);
          for (const line of written) file.write(line);
          const names = readdirSync(folder).sort().reverse();
          const kept = names.map((name) => content(name)).join('');
          expect(written.join('').endsWith(kept)).toBe(true);
          expect(names.length).toBeLessThanOrEqual(maxFiles);
          if (written.length > 0) expect(kept.endsWith(written.at(-1) ?? '')).toBe(true);
          file.close();
          opened.length = 0;
        },
      ),
      { numRuns: 50 },
    );
  });
});
