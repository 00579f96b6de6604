import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { REPLACE_STEPS, replaceFileAtomically } from '../../src/write/replace-file.ts';

let folder: string;
let file: string;
const text = (path: string) => readFileSync(path, 'utf8');
const names = () => readdirSync(folder).toSorted();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nanomq-write-'));
  file = join(folder, 'n.conf');
});
afterEach(() => rmSync(folder, { recursive: true }));

it('replaces the text and keeps the old one beside it, and nothing else', async () => {
  writeFileSync(file, 'one');
  await replaceFileAtomically(file, 'two ä😀');
  expect([text(file), text(`${file}.bak`)]).toEqual(['two ä😀', 'one']);
  await replaceFileAtomically(file, 'three');
  expect([text(file), text(`${file}.bak`)]).toEqual(['three', 'two ä😀']);
  expect(names()).toEqual(['n.conf', 'n.conf.bak']);
});

it('goes through its steps in order', async () => {
  const steps: string[] = [];
  writeFileSync(file, 'one');
  await replaceFileAtomically(file, 'two', { onStep: (step) => void steps.push(step) });
  expect(steps).toEqual(REPLACE_STEPS);
});

it.each([0o600, 0o640, 0o444])('keeps mode %o, also of the old text', async (mode) => {
  writeFileSync(file, 'one');
  chmodSync(file, mode);
  await replaceFileAtomically(file, 'two');
  expect(statSync(file).mode & 0o7777).toBe(mode);
  expect(statSync(`${file}.bak`).mode & 0o7777).toBe(mode);
});

it('a file that did not exist is for its owner only, and has no old text', async () => {
  await replaceFileAtomically(file, 'one');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(names()).toEqual(['n.conf']);
});

it('nobody else can read the text while it is being written', async () => {
  writeFileSync(file, 'one', { mode: 0o600 });
  const modes: number[] = [];
  await replaceFileAtomically(file, 'two', {
    onStep: () => {
      for (const name of names()) modes.push(statSync(join(folder, name)).mode & 0o077);
    },
  });
  expect(new Set(modes)).toEqual(new Set([0]));
});

it.each([
  ['a link', (target: string, link: string) => symlinkSync(target, link)],
  [
    'a link to a link, relative',
    (target: string, link: string) => {
      symlinkSync(target, join(folder, 'middle'));
      symlinkSync('middle', link);
    },
  ],
])('writes through %s, which stays one', async (_, makeLink) => {
  const elsewhere = join(folder, 'elsewhere');
  mkdirSync(elsewhere);
  const target = join(elsewhere, 'real.conf');
  makeLink(target, file);
  for (const content of ['one', 'two']) {
    // The first time the link points to nothing yet.
    await replaceFileAtomically(file, content);
    expect([text(target), text(file)]).toEqual([content, content]);
    expect(lstatSync(file).isSymbolicLink()).toBe(true);
  }
  expect(readdirSync(elsewhere).toSorted()).toEqual(['real.conf', 'real.conf.bak']);
});

it('clears away what dead writers left, and leaves the files of living ones and of others alone', async () => {
  writeFileSync(file, 'one');
  // No process has this number; the parent process lives.
  const dead = join(folder, '.n.conf.999999999.0123abcd.tmp');
  const own = join(folder, `.n.conf.${process.pid}.0123abcd.tmp`);
  const kept = [`.n.conf.${process.ppid}.0123abcd.tmp`, '.n.conf.swp', '.other.conf.999999999.0123abcd.tmp'];
  for (const path of [dead, own, ...kept.map((name) => join(folder, name))]) writeFileSync(path, 'x');
  await replaceFileAtomically(file, 'two');
  expect(names()).toEqual([...kept, 'n.conf', 'n.conf.bak'].toSorted());
});

it('an old text that is still another name of the file does not leave a third one', async () => {
  writeFileSync(file, 'one');
  linkSync(file, `${file}.bak`);
  await replaceFileAtomically(file, 'two');
  expect([text(file), text(`${file}.bak`)]).toEqual(['two', 'one']);
  expect(names()).toEqual(['n.conf', 'n.conf.bak']);
});

it.each<[string, () => string]>([
  ['a directory that does not exist', () => join(folder, 'absent', 'n.conf')],
  ['a directory', () => folder],
  [
    'a circle of links',
    () => {
      symlinkSync('b', join(folder, 'a'));
      symlinkSync('a', join(folder, 'b'));
      return join(folder, 'a');
    },
  ],
  [
    'a file whose old text cannot be kept',
    () => {
      writeFileSync(file, 'one');
      mkdirSync(`${file}.bak`);
      return file;
    },
  ],
])('refuses %s and leaves nothing behind (FILE_UNWRITABLE)', async (_, path) => {
  const target = path();
  const before = names();
  await expect(replaceFileAtomically(target, 'two')).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
  expect(names()).toEqual(before);
  if (existsSync(file)) expect(text(file)).toBe('one');
});
