/**
 * One end of a link, as a worker thread: sends records that its seed makes and checks those that the other's seed makes.
 * It does something only when it is woken, so a lost wake-up stops it for good.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { Bell } from '../../dist/ring.js';
import { RingLink } from '../../dist/ring-link.js';

const PATTERN = Buffer.from(Uint8Array.from({ length: 400_000 }, (_, i) => (i * 31 + (i >> 8) * 7) & 0xff));
const COMMON_BYTES = 200;
const RARE_BYTES = 150_000;
const COMMIT_LIMIT = 300;
const TURN_LIMIT = 20;
const SPIN_LIMIT = 3000;

/** `lead`: it may have sent so many more than it has received. */
const { outgoing, incoming, ownBell, peerBell, port, ownSeed, peerSeed, records, lead } = workerData;

const own = sizesOf(ownSeed);
const expected = sizesOf(peerSeed);
const timing = randomOf(ownSeed + 1);
const frame = { buf: PATTERN, start: 0, end: 0, hasProperties: true, deadlineMs: 0 };
let sent = 0;
let received = 0;
let drainedCount = 0;

const bell = new Bell(ownBell, () => setImmediate(woken));
const wakePeer = new Bell(peerBell, () => port.postMessage(null));
const link = new RingLink({
  peerId: 1,
  outgoing,
  incoming,
  wakePeer: () => wakePeer.ring(),
  wakeSelf: () => bell.ring(),
});
link.attach({
  publish(buf, start, end) {
    const { at, length } = expected();
    if (buf.compare(PATTERN, at, at + length, start, end) !== 0) throw new Error(`record ${received} differs`);
    received++;
  },
  drained() {
    drainedCount++;
  },
});
port.on('message', woken);
send();

function woken() {
  bell.answer();
  // Looked at twice and more before it sleeps, as a shard does.
  while (link.poll());
  link.sleep();
  send();
  if (sent === records && received === records) parentPort.postMessage({ drainedCount });
}

function send() {
  for (let turn = 0; turn < TURN_LIMIT && maySend(); turn++) {
    for (let left = timing(COMMIT_LIMIT); left >= 0 && maySend(); left--) {
      const { at, length } = own();
      frame.start = at;
      frame.end = at + length;
      link.peer.publish(frame);
      sent++;
    }
    link.peer.commit();
  }
  // Lets the two threads meet in all places of their protocol.
  for (let spin = timing(SPIN_LIMIT); spin > 0; spin--) timing(2);
  if (maySend()) bell.ring();
}

function maySend() {
  return sent < records && sent - received < lead && !link.peer.isFull;
}

/** What the next record is a part of the pattern of. */
function sizesOf(seed) {
  const random = randomOf(seed);
  const slice = { at: 0, length: 0 };
  return () => {
    slice.length = random(2000) === 0 ? random(RARE_BYTES) : random(COMMON_BYTES);
    slice.at = random(PATTERN.length - RARE_BYTES);
    return slice;
  };
}

/** Numbers in [0, limit): mulberry32. */
function randomOf(seed) {
  let state = seed | 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}
