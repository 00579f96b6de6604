import { describe, expect, it } from 'vitest';
import type { TrafficJob } from '../../src/load/load-job.ts';
import { deliveriesPerMessage, roomFor } from '../../src/load/traffic-window.ts';

const JOB: TrafficJob = {
  kind: 'traffic',
  mode: 'pair',
  publishers: 2,
  subscribers: 2,
  qos: 0,
  protocol: 4,
  payloadBytes: 8,
  windowMessages: 10,
  warmUpSeconds: 0,
  measureSeconds: 0,
  port: 0,
  brokerPid: 0,
};
const NOTHING = { sentTotal: 0, receivedTotal: 0, sent: 0, acknowledged: 0, pairReceived: 0 };

describe('roomFor', () => {
  it.each([
    ['pair: the window is free at first', {}, {}, 10],
    ['pair: what the own subscriber has not seen counts', {}, { sent: 9, pairReceived: 4 }, 5],
    ['pair: a full window', {}, { sent: 10 }, 0],
    ['pair: what others do does not count', {}, { sentTotal: 90, receivedTotal: 1 }, 10],
    [
      'QoS 1: unacknowledged messages fill the window too',
      { qos: 1 },
      { sent: 9, pairReceived: 9, acknowledged: 2 },
      3,
    ],
    ['QoS 2: undelivered messages fill it as well', { qos: 2 }, { sent: 9, pairReceived: 1, acknowledged: 9 }, 2],
    ['fan-in: all publishers share their windows', { mode: 'fanin' }, { sentTotal: 18, receivedTotal: 3 }, 5],
    ['fan-out: a message is seen when all have it', { mode: 'fanout' }, { sentTotal: 18, receivedTotal: 7 }, 5],
    ['fan-out: one turn takes 64 at most', { mode: 'fanout', windowMessages: 1000 }, {}, 64],
  ] as const)('%s', (_, job, state, room) => {
    expect(roomFor({ ...JOB, ...job }, { ...NOTHING, ...state })).toBe(room);
  });
});

describe('deliveriesPerMessage', () => {
  it.each([
    ['pair', 1],
    ['fanin', 1],
    ['fanout', 2],
  ] as const)('%s: %d', (mode, deliveries) => {
    expect(deliveriesPerMessage({ ...JOB, mode })).toBe(deliveries);
  });
});
