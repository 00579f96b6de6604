import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = new URL('../../../', import.meta.url).pathname;
const DOC = 'docs/security-cases.md';
/** Rows of the list that the design began with. */
const CASES = 69;

interface Case {
  readonly number: number;
  readonly ids: readonly string[];
  readonly state: string;
}

const cases: readonly Case[] = readFileSync(join(ROOT, DOC), 'utf8')
  .split('\n')
  .filter((line) => /^\| \d/.test(line))
  .map((line) => {
    const [, number = '', ids = '', , , state = ''] = line.split('|').map((cell) => cell.trim());
    return { number: Number(number), ids: ids.split(', '), state };
  });

/** Everything that stands between quotes in the tests, which is where titles are; comments do not count. */
const quoted = readdirSync(join(ROOT, 'packages'))
  .flatMap((name) => filesIn(join(ROOT, 'packages', name, 'test')))
  .flatMap((file) => readFileSync(file, 'utf8').match(/'[^'\n]*'|`[^`]*`/g) ?? [])
  .join('\n');

function filesIn(folder: string): string[] {
  try {
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    return names.filter((name) => name.endsWith('.test.ts')).map((name) => join(folder, name));
  } catch {
    return []; // a package without tests
  }
}

function isInTitle(id: string): boolean {
  const at = quoted.indexOf(id);
  // CVE-2021-3417 is not CVE-2021-34172.
  return at >= 0 && !/\d/.test(quoted[at + id.length] ?? '');
}

describe(DOC, () => {
  it('has every case once, in order', () => {
    expect(cases.map(({ number }) => number)).toEqual(Array.from({ length: CASES }, (_, i) => i + 1));
  });

  it.each(cases)('case $number, $ids: is covered by a test that carries its id, or says what it waits for', (row) => {
    expect(row.state).toMatch(/^covered$|^covered: .{20,}|^waiting: .{15,}/);
    if (row.state.startsWith('covered')) expect(row.ids.filter((id) => !isInTitle(id))).toEqual([]);
  });
});
