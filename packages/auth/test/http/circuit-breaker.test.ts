import { describe, expect, it } from 'vitest';
import { CircuitBreaker } from '../../src/http/circuit-breaker.ts';

/** @returns what `failed` said each time */
function fail(breaker: CircuitBreaker, times: number, nowMs = 0): boolean[] {
  return Array.from({ length: times }, () => breaker.failed(nowMs));
}

describe('a circuit breaker', () => {
  it('opens after some failures in a row, and says so once', () => {
    const breaker = new CircuitBreaker(3, 1000);
    expect(fail(breaker, 2)).toEqual([false, false]);
    expect(breaker.mayGo(0)).toBe(true);
    expect(fail(breaker, 3)).toEqual([true, false, false]);
    expect([breaker.mayGo(0), breaker.mayGo(999)]).toEqual([false, false]);
  });

  it('starts to count anew with each success', () => {
    const breaker = new CircuitBreaker(3, 1000);
    fail(breaker, 2);
    breaker.succeeded();
    fail(breaker, 2);
    expect(breaker.mayGo(0)).toBe(true);
  });

  it('lets one try after a while, and opens again when that fails', () => {
    const breaker = new CircuitBreaker(3, 1000);
    fail(breaker, 3);
    expect([breaker.mayGo(1000), breaker.mayGo(1000), breaker.mayGo(9000)]).toEqual([true, false, false]);
    expect(breaker.failed(9000)).toBe(false);
    expect([breaker.mayGo(9999), breaker.mayGo(10_000)]).toEqual([false, true]);
    breaker.succeeded();
    expect([breaker.mayGo(10_000), breaker.mayGo(10_000)]).toEqual([true, true]);
  });
});
