import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

// biome-ignore lint/correctness/useImportExtensions: the module is plain JavaScript; beside it stand its types
import { type ClauseLists, readLists, readSources, specCoverage } from '../dev/spec-coverage.mjs';
import { FEATURES } from '../src/clauses/clause.ts';
import { mqtt5 } from '../src/clauses/mqtt5.ts';
import { mqtt311 } from '../src/clauses/mqtt311.ts';

const DOC = new URL('../../../docs/spec-coverage.md', import.meta.url);

describe('the clause lists', () => {
  it.each([
    ['5.0', mqtt5, 251],
    ['3.1.1', mqtt311, 141],
  ] as const)('hold every statement of Appendix B once: MQTT %s', (_version, list, count) => {
    const ids = list.map(([id]) => id);
    expect(ids).toHaveLength(count);
    expect(new Set(ids).size).toBe(count);
    expect(ids.filter((id) => !isFirst(id) && !ids.includes(before(id)))).toEqual([]);
  });

  it('say each in one short line', () => {
    expect([...mqtt5, ...mqtt311].filter(([, , says]) => says.length > 120 || /[|\n]/.test(says))).toEqual([]);
  });

  it('name only existing 5.0 clauses as twins, and no client rule', () => {
    const rows = new Map(mqtt5.map((row) => [row[0], row]));
    const twins = mqtt311.flatMap(([, , , options]) => options?.same ?? []);
    expect(twins.filter((twin) => (rows.get(twin)?.[1] ?? 'client') === 'client')).toEqual([]);
  });

  it('are read by the generator as TypeScript has them', async () => {
    const lists = await readLists();
    expect(new Set(lists.mqtt5)).toEqual(new Set(mqtt5));
    expect(new Set(lists.mqtt311)).toEqual(new Set(mqtt311));
    expect(lists.features).toEqual(FEATURES);
  });
});

/** 5.0 has no 2.2.1-1: the statement was withdrawn and the others kept their numbers. */
function isFirst(id: string): boolean {
  return id.endsWith('-1') || id === '2.2.1-2';
}

function before(id: string): string {
  return id.replace(/\d+$/, (last) => String(Number(last) - 1));
}

const LISTS: ClauseLists = {
  mqtt5: [
    ['1.1.1-1', 'both', 'One'],
    ['1.1.1-2', 'client', 'Two'],
    ['1.1.1-3', 'server', 'Three', { when: 'later' }],
  ],
  mqtt311: [
    ['1.1.1-1', 'server', 'Old one'],
    ['1.1.1-2', 'both', 'Old two', { same: ['1.1.1-1'] }],
  ],
  features: { later: { met: false, why: 'it comes later' } },
};

const SOURCE = 'packages/core/src/a.ts';
const TEST = 'packages/core/test/a.test.ts';
const ONE = { [SOURCE]: '// [MQTT-1.1.1-1]', [TEST]: "it('goes [MQTT-1.1.1-1]', () => {});" };

function openAfter(files: Record<string, string>): string[] {
  return specCoverage(files, LISTS).uncovered.map((line) => line.replace(/: (?:Old )?(?:one|two|three)$/i, ''));
}

describe('the scan', () => {
  it('asks source and test of every clause that binds the broker, of no client rule or missing feature', () => {
    expect(openAfter({})).toEqual([
      '5.0 1.1.1-1: no source, no test',
      '3.1.1 1.1.1-1: no source, no test',
      '3.1.1 1.1.1-2: no source, no test',
    ]);
  });

  it.each([
    ['a title', "it('goes [MQTT-1.1.1-1]', () => {});"],
    ['a row', "  ['it\\'s a row [MQTT-1.1.1-1]', '38 04', 'X'],"],
    ['a title in a template', 'it(`goes [MQTT-1.1.1-1] $' + '{x}`, () => {});'],
    ['the second of two citations', "describe('both [MQTT-1.1.1-2] [MQTT-1.1.1-1]', () => {});"],
  ])('takes %s of a test as proof', (_name, line) => {
    expect(openAfter({ [SOURCE]: '// [MQTT-1.1.1-1]', [TEST]: line })).not.toContainEqual(
      expect.stringContaining('5.0'),
    );
  });

  it.each([
    ['a comment', "x(); // 'goes' [MQTT-1.1.1-1]"],
    ['a doc comment', " * 'goes [MQTT-1.1.1-1]'"],
    ['a skipped test', "it.skip('goes [MQTT-1.1.1-1]', () => {});"],
    ['a test to do', "it.todo('goes [MQTT-1.1.1-1]');"],
    ['another version', "it('goes [v3.1.1 MQTT-1.1.1-1]', () => {});"],
  ])('does not take %s of a test as proof', (_name, line) => {
    expect(openAfter({ [SOURCE]: '// [MQTT-1.1.1-1]', [TEST]: line })).toContain('5.0 1.1.1-1: no test');
  });

  it('takes strings in testkit sources as tests, never as sources', () => {
    const vectors = { 'packages/testkit/src/vectors/v.ts': "const v = ['QoS [MQTT-1.1.1-1]'];" };
    expect(openAfter(vectors)).toContain('5.0 1.1.1-1: no source');
  });

  it.each([
    ['where the test runs 3.1.1', { ...ONE, [TEST]: `${ONE[TEST]} // both, 3.1.1 too` }, false],
    ['not where it runs 5.0 alone', ONE, true],
  ])('counts a 3.1.1 clause through its 5.0 twin, %s', (_name, files, open) => {
    expect(openAfter(files).includes('3.1.1 1.1.1-2: no test')).toBe(open);
  });

  it('lists a deliberate shortfall with its reason', () => {
    const { doc } = specCoverage({ [SOURCE]: '// [!MQTT-1.1.1-1] the store has no room' }, LISTS);
    expect(doc).toContain('- 5.0 1.1.1-1: the store has no room (core/src/a.ts)');
  });

  it('shows a clause of a missing feature apart, until something cites it', () => {
    expect(specCoverage({}, LISTS).doc).toContain('- 5.0 1.1.1-3: Three; it comes later');
    expect(openAfter({ [SOURCE]: '// [MQTT-1.1.1-3]' })).toContain('5.0 1.1.1-3: no test');
  });

  it('finds citations of clauses that do not exist', () => {
    const { unknown } = specCoverage({ [SOURCE]: '\n// [MQTT-1.1.1-9] [v3.1.1 MQTT-1.1.1-3]' }, LISTS);
    expect(unknown).toEqual([`${SOURCE}:2: [MQTT-1.1.1-9]`, `${SOURCE}:2: [v3.1.1 MQTT-1.1.1-3]`]);
  });

  it.each([
    '[MQTT-1.1.1-1/-2]',
    'MQTT-1.1.1-1',
    '[MQTT-1.1.1-1, MQTT-1.1.1-2]',
    '[v5.0 MQTT-1.1.1-1]',
    '[MQTT-3-8.3-4]',
  ])('refuses %s as a citation', (text) => {
    expect(specCoverage({ [SOURCE]: text }, LISTS).malformed).not.toEqual([]);
  });
});

describe('this repository', async () => {
  const coverage = specCoverage(readSources(), await readLists());

  it('cites no clause that does not exist', () => {
    expect(coverage.unknown).toEqual([]);
  });

  it('writes every citation as the style guide has it', () => {
    expect(coverage.malformed).toEqual([]);
  });

  it('has docs/spec-coverage.md up to date (node packages/testkit/dev/spec-coverage.mjs writes it)', () => {
    // A plain comparison: a diff of two documents of this size would bury the message.
    expect(readFileSync(DOC, 'utf8') === coverage.doc).toBe(true);
  });

  it('has source and test for every clause that binds it', () => {
    expect(coverage.uncovered).toEqual([]);
  });
});
