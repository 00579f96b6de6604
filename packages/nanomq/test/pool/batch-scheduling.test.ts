import { expect, it } from 'vitest';
import { threadOf } from '../../src/pool/batch-scheduling.ts';

/** Fields 3 to 40, each with another number, for none of them is the policy. */
const BEFORE_POLICY = ['S', ...Array.from({ length: 37 }, (_, i) => 100 + i)].join(' ');

it.each([
  ['an ordinary name', '(node)'],
  ['a name with spaces and brackets', '(a) S 1 (b c)'],
  ['no name', '()'],
])('finds thread and policy behind %s', (_, name) => {
  const stat = `4711 ${name} ${BEFORE_POLICY} 3 0 0 0 0\n`;
  expect(threadOf(stat)).toEqual({ tid: 4711, policy: 3 });
});
