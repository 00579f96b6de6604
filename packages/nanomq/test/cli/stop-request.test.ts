import { describe, expect, it } from 'vitest';
import { awaitStopRequest } from '../../src/cli/stop-request.ts';
import { FakeProcess } from './fake-surroundings.ts';

describe('awaitStopRequest', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('resolves with the first %s and ends nothing', async (signal) => {
    const events = new FakeProcess();
    const stop = awaitStopRequest(events, () => 0);
    events.emit(signal, signal);
    expect(await stop.first).toBe(signal);
    expect(events.exits).toEqual([]);
  });

  it.each([
    ['SIGTERM', 'SIGTERM', 143],
    ['SIGTERM', 'SIGINT', 130],
    ['SIGINT', 'SIGINT', 130],
  ] as const)('%s, then %s ends the process at once with %i', (first, second, code) => {
    const events = new FakeProcess();
    let now = 0;
    awaitStopRequest(events, () => now);
    events.emit(first, first);
    now = 1_000;
    events.emit(second, second);
    expect(events.exits).toEqual([code]);
  });

  it('takes a signal that npm passes on a second time for the same request', () => {
    const events = new FakeProcess();
    let now = 0;
    awaitStopRequest(events, () => now);
    events.emit('SIGINT', 'SIGINT');
    now = 20;
    events.emit('SIGINT', 'SIGINT');
    expect(events.exits).toEqual([]);
  });

  it('a fault asks for it as well', async () => {
    const stop = awaitStopRequest(new FakeProcess(), () => 0);
    stop.request('fault');
    expect(await stop.first).toBe('fault');
  });

  it('listens to nothing after release', () => {
    const events = new FakeProcess();
    awaitStopRequest(events, () => 0).release();
    expect(events.eventNames()).toEqual([]);
  });
});
