import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { brokerMark, parseSocketName, socketName } from '../../src/control/broker-mark.ts';
import { temporaryFolder } from '../cli/fake-surroundings.ts';

it('one file has one mark however it is named', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'a.conf'), '');
  symlinkSync('a.conf', join(folder, 'link.conf'));
  const marks = ['a.conf', './a.conf', 'link.conf', join(folder, 'a.conf')].map((file) => brokerMark(file, folder));
  expect(new Set(marks).size).toBe(1);
});

it('two files have two marks, and so has no file', () => {
  const marks = ['a.conf', 'b.conf', undefined].map((file) => brokerMark(file, '/nowhere'));
  expect(new Set(marks).size).toBe(3);
});

it('the name of a socket gives mark and process back', () => {
  const mark = brokerMark('a.conf', '/');
  expect(parseSocketName(socketName(mark, 4_194_303))).toEqual({ mark, pid: 4_194_303 });
});

it.each(['nanomq-0123456789abcdef.pid', 'x-nanomq-0123456789abcdef-1.sock', 'nanomq-xyz-1.sock', ''])(
  '%j is no name of a socket',
  (name) => {
    expect(parseSocketName(name)).toBeUndefined();
  },
);
