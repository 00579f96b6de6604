import { RecordedLog } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';
import { REFUSAL_REASONS, Refusal, refusalText } from '../../src/entry/refusal.ts';
import { RefusalLog } from '../../src/entry/refusal-log.ts';

const INTERVAL_MS = 60_000;

function setUp() {
  const logger = new RecordedLog();
  const clock = { nowMs: 1_000_000 };
  const log = new RefusalLog({ name: 'ssl:default', logger, intervalMs: INTERVAL_MS, nowMs: () => clock.nowMs });
  return { logger, clock, log };
}

describe('RefusalLog', () => {
  it('says who was refused, where and why', () => {
    const { logger, log } = setUp();
    log.record(new Refusal('certificateExpired', 'CERT_HAS_EXPIRED'), '192.0.2.7', 4711);
    expect(logger.lines).toEqual([
      {
        level: 'warn',
        listener: 'ssl:default',
        remoteAddress: '192.0.2.7',
        remotePort: 4711,
        reason: 'certificateExpired',
        code: 'CERT_HAS_EXPIRED',
        text: 'TLS handshake failed: the certificate of the client has expired',
      },
    ]);
  });

  it('counts all, by reason, and logs one line per address and interval', () => {
    const { logger, clock, log } = setUp();
    for (let i = 0; i < 5; i++) log.record(new Refusal('timeout'), '192.0.2.7', i);
    log.record(new Refusal('wsPath'), '192.0.2.8', 1);
    expect(log.counts).toMatchObject({ timeout: 5, wsPath: 1, closed: 0 });
    expect(logger.lines).toHaveLength(2);
    clock.nowMs += INTERVAL_MS;
    log.record(new Refusal('timeout'), '192.0.2.7', 9);
    expect(logger.lines[2]).toMatchObject({ remoteAddress: '192.0.2.7', unlogged: 4 });
  });

  it('counts what is not worth a line', () => {
    const { logger, log } = setUp();
    log.count(new Refusal('closed'));
    expect(log.counts.closed).toBe(1);
    expect(logger.lines).toHaveLength(0);
  });

  it('is not made to fill the disk by many addresses, nor to remember all of them', () => {
    const { logger, clock, log } = setUp();
    for (let i = 0; i < 5000; i++) log.record(new Refusal('timeout'), `2001:db8::${i.toString(16)}`, 1);
    expect(log.counts.timeout).toBe(5000);
    expect(logger.lines).toHaveLength(100);
    clock.nowMs += INTERVAL_MS;
    // The last is remembered, the first forgotten.
    log.record(new Refusal('timeout'), `2001:db8::${(4999).toString(16)}`, 1);
    log.record(new Refusal('timeout'), '2001:db8::0', 1);
    expect(logger.lines.slice(100).map(({ unlogged }) => unlogged)).toEqual([1, undefined]);
  });

  it('has a text for every reason, no two alike', () => {
    expect(new Set(REFUSAL_REASONS.map(refusalText)).size).toBe(REFUSAL_REASONS.length);
  });
});
