import { z } from 'zod';
import { used } from './setting.ts';
import { duration, number, size } from './value-kinds.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const COUNT = { min: 0, max: 10_000_000 };

/** Limits of `mqtt` against clients that mean harm; none of them in NanoMQ. */
export const attackLimits = {
  max_connections_per_address: used(number(COUNT), {
    default: 0,
    reload: 'live',
    meaning: 'most connections from one address (IPv6: from one /64 network); 0: unlimited',
  }),
  max_handshakes: used(number(COUNT), {
    default: 0,
    reload: 'live',
    meaning: 'most connections whose CONNECT is not answered yet; 0: unlimited, 10000 is safe',
  }),
  max_message_rate: used(number({ min: 0, max: 1_000_000_000 }), {
    default: 0,
    reload: 'live',
    meaning: 'most messages a second from one client, whose reading pauses above it; 0: unlimited',
  }),
  max_byte_rate: used(size({ min: 0, max: 1024 ** 4 }), {
    default: 0,
    reload: 'live',
    meaning: 'most bytes a second from one client, whose reading pauses above it; 0: unlimited',
  }),
  max_loop_delay: used(duration({ minMs: 0, maxMs: HOUR_MS }), {
    default: '0s',
    reload: 'live',
    meaning: 'new connections wait while the event loop is later than this; 0: never, 1s is safe',
  }),
  denial_log_interval: used(duration({ minMs: 0, maxMs: DAY_MS }), {
    default: '10s',
    reload: 'live',
    meaning: 'refusals of one client or address are logged once in this time; 0: every one',
  }),
  flapping: z
    .object({
      max_disconnects: used(number(COUNT), {
        default: 0,
        reload: 'live',
        meaning: 'so many disconnections within `window` ban a client identifier; 0: never',
      }),
      window: used(duration({ minMs: 1, maxMs: DAY_MS }), {
        default: '1m',
        reload: 'live',
        meaning: 'time in which disconnections are counted',
      }),
      ban_time: used(duration({ minMs: 1, maxMs: 365 * DAY_MS }), {
        default: '5m',
        reload: 'live',
        meaning: 'how long the client identifier is banned',
      }),
    })
    .prefault({}),
};
