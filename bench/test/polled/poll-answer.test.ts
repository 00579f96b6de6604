import { describe, expect, it } from 'vitest';
import { PollAnswer, pollQuestions } from '../../src/polled/poll-answer.ts';

const QUESTION = { method: 'GET', path: '/list', body: '', leastBytes: 20 } as const;
const GOOD = '{"code":0,"data":[1,2,3]}';

function faultOf(status: number, ...chunks: readonly string[]): string | undefined {
  const answer = new PollAnswer();
  for (const chunk of chunks) answer.add(Buffer.from(chunk));
  return answer.fault(status, QUESTION);
}

describe('PollAnswer', () => {
  it.each([
    ['in one chunk', [GOOD]],
    ['in two', [GOOD.slice(0, 12), GOOD.slice(12)]],
    ['in single bytes', [...GOOD]],
  ])('a good one %s', (_, chunks) => {
    expect(faultOf(200, ...chunks)).toBeUndefined();
  });

  it.each([
    ['another status', 401, [GOOD], 'GET /list: status 401'],
    ['another code', 200, [GOOD.replace('0', '1')], 'GET /list: it begins with {"code":1,'],
    ['an end that is missing', 200, [GOOD.slice(0, -1)], 'GET /list: it is cut off'],
    ['too few rows', 200, ['{"code":0,"a":[1]}'], 'GET /list: only 18 bytes, rows are missing'],
    ['nothing at all', 200, [], 'GET /list: it begins with '],
  ])('a bad one: %s', (_, status, chunks, fault) => {
    expect(faultOf(status, ...chunks)).toBe(fault);
  });
});

describe('pollQuestions', () => {
  it.each([
    [10_000, 1_000_000, 25_000],
    [50, 5000, 12_500],
  ])('of %d clients: all of them from v1, a page from v4', (clients, v1, v4) => {
    expect(pollQuestions(clients)).toMatchObject([
      { method: 'POST', path: '/api/v1', body: '{"req":5,"seq":1}', leastBytes: v1 },
      { method: 'GET', path: '/api/v4/clients?limit=100', leastBytes: v4 },
    ]);
  });
});
