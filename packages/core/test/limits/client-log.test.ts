import { type LoggedLine, ONE_SHARD, ShardHarness } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';
import { ClientLog } from '../../src/limits/client-log.ts';
import { Counters } from '../../src/observe/counters.ts';

function newLog(denialLogIntervalMs: number) {
  const lines: LoggedLine[] = [];
  const log = (level: string) => (fields: LoggedLine['fields'], text: string) =>
    void lines.push({ level, fields, text });
  const logger = { trace: log('t'), debug: log('d'), info: log('info'), warn: log('warn'), error: log('error') };
  const clock = { nowMs: 1000 };
  const counters = new Counters();
  return { lines, clock, counters, log: new ClientLog(logger, counters, { denialLogIntervalMs }, clock) };
}

describe('ClientLog', () => {
  it('logs one line for each subject, level and interval, and then how many were left out', () => {
    const { lines, clock, counters, log } = newLog(100);
    for (let i = 0; i < 5; i++) log.info('a', { i }, 'refused');
    log.warn('a', {}, 'another level');
    clock.nowMs += 100;
    log.info('a', { i: 5 }, 'refused');
    expect(lines.map(({ fields }) => fields)).toEqual([{ i: 0 }, { linesLeftOut: 4 }, { i: 5 }]);
    expect(counters.logLinesSuppressed).toBe(4);
  });

  it('logs no more than 200 lines in an interval and remembers no more than 10,000 subjects', () => {
    const { lines, clock, log } = newLog(100);
    for (let i = 0; i < 1000; i++) log.info(`a${i}`, {}, 'refused');
    expect(lines).toHaveLength(200);
    for (let i = 0; i < 60; i++) {
      clock.nowMs += 100;
      for (let j = 0; j < 200; j++) log.info(`b${i}/${j}`, {}, 'refused');
    }
    expect([lines.length, log.size]).toEqual([200 + 60 * 200, 10_000]);
  });

  it('logs everything with an interval of 0', () => {
    const { lines, log } = newLog(0);
    for (let i = 0; i < 300; i++) log.error('a', {}, 'refused');
    expect(lines).toHaveLength(300);
  });
});

it('a client that is refused again and again fills no log, and each time is counted', async () => {
  const harness = new ShardHarness({}, ONE_SHARD);
  for (let i = 0; i < 50; i++) {
    const { client } = harness.open(5);
    client.sendHex('30 00');
    await client.expectClosed();
  }
  expect(harness.logged).toHaveLength(1);
  const { counters } = harness.shard;
  expect([counters.connectionsFailed, counters.failedByCode.get('PACKET_UNEXPECTED')]).toEqual([50, 50]);
});
