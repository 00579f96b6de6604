import { describe, expect, it } from 'vitest';
import { connectFrame, publishTemplate, subscribeFrame } from '../../src/load/load-frames.ts';

describe('frames of the load generator', () => {
  it.each([
    ['CONNECT for 3.1.1', connectFrame('ab', 4), '100e00044d5154540402000000026162'],
    [
      'CONNECT with a user',
      connectFrame('ab', 4, { username: 'u', password: 'pw' }),
      '101500044d51545404c20000' + '00026162' + '000175' + '00027077',
    ],
    [
      'CONNECT for 5.0 with receive maximum 65535',
      connectFrame('ab', 5),
      '101200044d51545405020000' + '0321ffff' + '00026162',
    ],
    ['SUBSCRIBE for 3.1.1', subscribeFrame('a/#', 1, 4), '820800010003612f2301'],
    ['SUBSCRIBE for 5.0', subscribeFrame('a/#', 2, 5), '82090001000003612f2302'],
    ['PUBLISH of QoS 0 for 3.1.1', publishTemplate('a', 0, 4, 8).frame, `300b000161${'00'.repeat(8)}`],
    ['PUBLISH of QoS 2 for 5.0', publishTemplate('a', 2, 5, 8).frame, `340e0001610000${'00'.repeat(9)}`],
  ])('%s', (_, frame, hex) => {
    expect(frame.toString('hex')).toBe(hex);
  });

  it.each([
    ['QoS 0, 3.1.1', 0, 4, -1, 5],
    ['QoS 0, 5.0', 0, 5, -1, 6],
    ['QoS 1, 3.1.1', 1, 4, 5, 7],
    ['QoS 1, 5.0', 1, 5, 5, 8],
  ] as const)('knows where packet identifier and stamp lie: %s', (_, qos, protocol, packetIdAt, stampAt) => {
    expect(publishTemplate('a', qos, protocol, 8)).toMatchObject({ packetIdAt, stampAt });
  });
});
