/**
 * A process of attackers: `node attackers.mjs PORT COUNT`. COUNT sockets each announce the largest packet there is and
 * stop (half of them after a CONNECT), send one byte a second, and never speak. Prints one JSON line: how long the last
 * of each kind was there, milliseconds; then it ends. It is a file of its own so that its work is not measured as
 * latency of the honest clients.
 */
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

const [port, count] = process.argv.slice(2).map(Number);
/**
 * Connections of each kind begun at once, and the time between: some 800 a second in all. What sockets that stay cost
 * others is the question here; a flood of new ones is another, and not
 * held off: 6,000 within 0.9 s brought the p99 of honest clients to 75 ms, 14 times its quiet value.
 */
const BATCH = 1;
const PAUSE_MS = 3;

const CONNECT = Buffer.from('100c00044d5154540402003c0000', 'hex');
const LARGEST_PUBLISH = Buffer.from('30ffffff7f', 'hex');
const LARGEST_CONNECT = Buffer.from('10ffffff7f', 'hex');
/** A CONNECT of 200 bytes, which at one byte a second takes longer than any limit. */
const LONG_CONNECT = Buffer.concat([Buffer.from('10c501', 'hex'), CONNECT.subarray(2), Buffer.alloc(200, 'x')]);

const startedMs = performance.now();
const goneAfterMs = { announce: 0, trickle: 0, silent: 0 };
let open = 0;

function announce(socket, i) {
  socket.write(i % 2 === 0 ? LARGEST_CONNECT : Buffer.concat([CONNECT, LARGEST_PUBLISH]));
}

function trickle(socket) {
  let at = 0;
  const timer = setInterval(() => socket.write(LONG_CONNECT.subarray(at, ++at)), 1000);
  socket.on('close', () => clearInterval(timer));
}

function silent() {}

function attack(kind, i) {
  return new Promise((connected) => {
    const socket = connect({ port, host: '127.0.0.1' });
    open++;
    socket.on('error', () => {});
    socket.on('data', () => {});
    socket.on('connect', () => {
      connected();
      ({ announce, trickle, silent })[kind](socket, i);
    });
    socket.on('close', () => {
      connected();
      goneAfterMs[kind] = Math.round(performance.now() - startedMs);
      if (--open === 0 && isBegun) process.stdout.write(`${JSON.stringify({ goneAfterMs, begunMs })}\n`);
    });
  });
}

let isBegun = false;
let begunMs = 0;
for (let i = 0; i < count; i += BATCH) {
  const batch = [];
  for (let j = i; j < Math.min(count, i + BATCH); j++) {
    for (const kind of Object.keys(goneAfterMs)) batch.push(attack(kind, j));
  }
  await Promise.all(batch);
  await wait(PAUSE_MS);
}
isBegun = true;
begunMs = Math.round(performance.now() - startedMs);
