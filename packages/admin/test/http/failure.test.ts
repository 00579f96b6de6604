import { expect, it } from 'vitest';
import { FAILURES } from '../../src/http/failure.ts';
import { ResultCode } from '../../src/result-code.ts';

it('the result codes are those of the manual, in its order, and two of v4', () => {
  expect(Object.values(ResultCode)).toEqual([0, ...Array.from({ length: 18 }, (_, i) => 101 + i)]);
});

it.each([
  ['PARAMETER_MISSING', 400, 107],
  ['PARAMETER_ERROR', 400, 108],
  ['ILLEGAL_JSON', 400, 109],
  ['EMPTY_CREDENTIALS', 401, 104],
  ['WRONG_CREDENTIALS', 401, 103],
  ['TOKEN_EXPIRED', 401, 116],
  ['RPC_ERROR', 500, 101],
  ['UNKNOWN_MISTAKE', 500, 102],
  ['BODY_TOO_LARGE', 413, 108],
] as const)('%s is %i/%i', (row, status, code) => {
  expect(FAILURES[row]).toEqual({ status, code });
});
