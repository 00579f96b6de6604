/**
 * What every Transport must do (port: core/src/ports/transport.ts). An implementation's test file supplies the
 * harness: `describeTransport('TCP', () => startMyHarness())`.
 */
import type { Transport, TransportEvents } from '@nanomq-ts/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RecordedEvents } from '../recorded-events.ts';

/** The other end of a connection under test. */
export interface TransportPeer {
  send(bytes: Uint8Array): void;
  /** All that has arrived so far. */
  readonly received: Buffer;
  /** Stops reading, so that a bounded number of bytes later the transport is congested. */
  stopReading(): void;
  startReading(): void;
  /** Sends no more (FIN), still reads. */
  finish(): void;
  /** Breaks the connection (RST). */
  reset(): void;
  /** The connection is over, as the peer sees it. */
  readonly isClosed: boolean;
}

/** A connection under test, both ends. */
export interface TransportPair {
  readonly transport: Transport;
  readonly peer: TransportPeer;
}

/** Makes connections of the implementation under test. */
export interface TransportHarness {
  readonly listenerName: string;
  /** Default: an address of loopback. */
  readonly remoteAddress?: RegExp;
  /** Bytes that a transport may count beside those of one write, for the frame around them. Default 0. */
  readonly overheadBytes?: number;
  open(events: TransportEvents): Promise<TransportPair>;
  /** Settles when what was sent before, in either direction, has been dealt with by anyone who reads. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** A harness during one test, and a connection whose events are written down. */
interface Bench {
  harness: TransportHarness;
  events: RecordedEvents;
  transport: Transport;
  peer: TransportPeer;
}

const CHUNK_BYTES = 65536;
/** No kernel buffers this much for one loopback connection. */
const CONGESTED_BY_BYTES = 256 * 1024 * 1024;

/** Declares the contract's tests for one implementation. */
export function describeTransport(name: string, start: () => Promise<TransportHarness>): void {
  describe(`transport contract: ${name}`, () => {
    const bench = {} as Bench;
    beforeEach(async () => {
      bench.harness = await start();
      bench.events = new RecordedEvents();
      Object.assign(bench, await bench.harness.open(bench.events));
    });
    afterEach(() => bench.harness.close());

    it('knows where it comes from', () => {
      expect(bench.transport.listener).toBe(bench.harness.listenerName);
      expect(bench.transport.remoteAddress).toMatch(bench.harness.remoteAddress ?? /^127\.0\.0\.1$|^::1$/);
      if (bench.transport.remoteAddress === '') expect(bench.transport.remotePort).toBe(0);
      else expect(bench.transport.remotePort).toBeGreaterThan(0);
    });
    declareReading(bench);
    declareWriting(bench);
    declareEnding(bench);
    declareClosing(bench);
  });
}

function declareReading(bench: Bench): void {
  it('delivers bytes in order, each chunk right at the time of the call', async () => {
    const { peer, events } = bench;
    const bytes = pattern(5 * CHUNK_BYTES + 17);
    for (let at = 0; at < bytes.length; at += 30011) peer.send(bytes.subarray(at, at + 30011));
    await expect.poll(() => events.bytes.length, POLL).toBe(bytes.length);
    expect(events.bytes.equals(bytes)).toBe(true);
  });

  it('keeps two connections that share memory apart', async () => {
    const { harness, peer, events } = bench;
    const otherEvents = new RecordedEvents();
    const other = await harness.open(otherEvents);
    for (let i = 0; i < 50; i++) {
      peer.send(Buffer.alloc(100, 'a'));
      other.peer.send(Buffer.alloc(100, 'b'));
    }
    await expect.poll(() => events.bytes.length + otherEvents.bytes.length, POLL).toBe(10000);
    expect(events.bytes.equals(Buffer.alloc(5000, 'a'))).toBe(true);
    expect(otherEvents.bytes.equals(Buffer.alloc(5000, 'b'))).toBe(true);
  });

  it('delivers nothing between pause and resume, and all of it after', async () => {
    const { harness, transport, peer, events } = bench;
    peer.send(Buffer.from('before'));
    await expect.poll(() => events.bytes.toString(), POLL).toBe('before');
    transport.pause();
    peer.send(Buffer.from(' after'));
    await harness.settle();
    expect(events.bytes.toString()).toBe('before');
    transport.resume();
    await expect.poll(() => events.bytes.toString(), POLL).toBe('before after');
  });

  it('stops within the turn when pause is called from received', async () => {
    const { harness, transport, peer, events } = bench;
    const bytes = pattern(20 * CHUNK_BYTES);
    events.onReceived = () => transport.pause();
    peer.send(bytes);
    await expect.poll(() => events.bytes.length, POLL).toBeGreaterThan(0);
    const length = events.bytes.length;
    await harness.settle();
    expect(events.bytes.length).toBe(length);
    events.onReceived = undefined;
    transport.resume();
    await expect.poll(() => events.bytes.length, POLL).toBe(bytes.length);
    expect(events.bytes.equals(bytes)).toBe(true);
  });

  it('stays paused when resume and pause follow each other', async () => {
    const { harness, transport, peer, events } = bench;
    transport.pause();
    transport.resume();
    transport.pause();
    peer.send(Buffer.from('x'));
    await harness.settle();
    expect(events.bytes.length).toBe(0);
  });
}

function declareWriting(bench: Bench): void {
  it('sends bytes in order', async () => {
    const { transport, peer } = bench;
    for (let i = 0; i < 200; i++) transport.write(Buffer.from(`${i},`));
    const expected = Array.from({ length: 200 }, (_, i) => `${i},`).join('');
    await expect.poll(() => peer.received.toString(), POLL).toBe(expected);
  });

  it('leaves a buffer that was taken to its owner', async () => {
    const { transport, peer } = bench;
    const bytes = Buffer.from('first');
    expect(transport.write(bytes)).toBe(true);
    bytes.write('other');
    expect(transport.pendingBytes).toBe(0);
    await expect.poll(() => peer.received.toString(), POLL).toBe('first');
  });

  it.each([
    ['large', CHUNK_BYTES],
    ['small', 1000],
  ])('counts what waits and says once when it drained: %s writes', async (_, bytesPerWrite) => {
    const { harness, transport, peer, events } = bench;
    const overhead = harness.overheadBytes ?? 0;
    peer.stopReading();
    let written = await writeUntilCongested(bench, bytesPerWrite);
    const drainedBefore = events.drainedCount;
    const pending = transport.pendingBytes;
    expect(pending).toBeGreaterThan(0);
    expect(pending).toBeLessThanOrEqual(bytesPerWrite + overhead);
    expect(transport.write(patternAt(written, 300))).toBe(false);
    written += 300;
    expect(transport.pendingBytes).toBeGreaterThanOrEqual(pending + 300);
    expect(transport.pendingBytes).toBeLessThanOrEqual(pending + 300 + overhead);
    await harness.settle();
    expect(events.drainedCount).toBe(drainedBefore);

    peer.startReading();
    await expect.poll(() => peer.received.length, POLL).toBe(written);
    await expect.poll(() => events.drainedCount, POLL).toBe(drainedBefore + 1);
    expect(transport.pendingBytes).toBe(0);
    expect(peer.received.equals(pattern(written))).toBe(true);
    await harness.settle();
    expect(events.drainedCount).toBe(drainedBefore + 1);
  });

  it('is congested and drained again and again', async () => {
    const { peer, events } = bench;
    let written = 0;
    for (let round = 1; round <= 3; round++) {
      peer.stopReading();
      written = await writeUntilCongested(bench, CHUNK_BYTES, written);
      const drainedBefore = events.drainedCount;
      peer.startReading();
      await expect.poll(() => events.drainedCount, POLL).toBe(drainedBefore + 1);
      await expect.poll(() => peer.received.length, POLL).toBe(written);
    }
    expect(peer.received.equals(pattern(written))).toBe(true);
  });
}

function declareEnding(bench: Bench): void {
  it('ends after what waits was sent, and delivers nothing more', async () => {
    const { harness, transport, peer, events } = bench;
    peer.stopReading();
    const written = await writeUntilCongested(bench, CHUNK_BYTES);
    const drainedBefore = events.drainedCount;
    transport.end();
    transport.end();
    expect(events.closedCount, 'closed is not called inside end').toBe(0);
    peer.send(Buffer.from('too late'));
    await harness.settle();
    expect(events.closedCount).toBe(0);
    peer.startReading();
    await expect.poll(() => events.closedCount, POLL).toBe(1);
    await expect.poll(() => peer.isClosed, POLL).toBe(true);
    expect(peer.received.length).toBe(written);
    expect(events.bytes.length).toBe(0);
    expect(events.drainedCount).toBe(drainedBefore);
  });

  it('ends a paused connection whose peer has sent what nobody read', async () => {
    const { harness, transport, peer, events } = bench;
    transport.pause();
    peer.send(pattern(CHUNK_BYTES));
    await harness.settle();
    transport.write(Buffer.from('bye'));
    transport.end();
    await expect.poll(() => events.closedCount, POLL).toBe(1);
    await expect.poll(() => peer.isClosed, POLL).toBe(true);
    expect(peer.received.toString()).toBe('bye');
    expect(events.bytes.length).toBe(0);
  });

  it('ends from inside received', async () => {
    const { transport, peer, events } = bench;
    events.onReceived = () => {
      transport.write(Buffer.from('refused'));
      transport.end();
    };
    peer.send(Buffer.from('hello'));
    await expect.poll(() => peer.isClosed, POLL).toBe(true);
    await expect.poll(() => events.closedCount, POLL).toBe(1);
    expect(peer.received.toString()).toBe('refused');
  });

  it('drops what is written after end, and says that the buffer is free', async () => {
    const { transport, peer, events } = bench;
    transport.end();
    expect(transport.write(Buffer.from('x'))).toBe(true);
    await expect.poll(() => events.closedCount, POLL).toBe(1);
    expect(transport.write(Buffer.from('x'))).toBe(true);
    expect(peer.received.length).toBe(0);
  });
}

function declareClosing(bench: Bench): void {
  it('destroys both ends at once, dropping what waits', async () => {
    const { harness, transport, peer, events } = bench;
    peer.stopReading();
    await writeUntilCongested(bench, CHUNK_BYTES);
    const drainedBefore = events.drainedCount;
    transport.destroy();
    transport.destroy();
    transport.end();
    expect(events.closedCount, 'closed is not called inside destroy').toBe(0);
    await expect.poll(() => events.closedCount, POLL).toBe(1);
    peer.startReading();
    await expect.poll(() => peer.isClosed, POLL).toBe(true);
    await harness.settle();
    expect(events.closedCount).toBe(1);
    expect(events.drainedCount).toBe(drainedBefore);
  });

  it('delivers nothing after destroy from inside received', async () => {
    const { transport, peer, events } = bench;
    events.onReceived = () => transport.destroy();
    peer.send(Buffer.from('one'));
    await expect.poll(() => events.closedCount, POLL).toBe(1);
    peer.send(Buffer.from('two'));
    await expect.poll(() => peer.isClosed, POLL).toBe(true);
    expect(events.bytes.toString()).toBe('one');
  });

  it('closes when the peer finishes, after its last bytes and ours', async () => {
    const { peer, events } = bench;
    peer.stopReading();
    const written = await writeUntilCongested(bench, CHUNK_BYTES);
    peer.send(Buffer.from('last'));
    peer.finish();
    await expect.poll(() => events.bytes.toString(), POLL).toBe('last');
    peer.startReading();
    await expect.poll(() => events.closedCount, POLL).toBe(1);
    await expect.poll(() => peer.isClosed, POLL).toBe(true);
    expect(peer.received.length).toBe(written);
  });

  it('closes once when the peer breaks the connection, whatever is done after', async () => {
    const { harness, transport, peer, events } = bench;
    peer.reset();
    await expect.poll(() => events.closedCount, POLL).toBe(1);
    expect(transport.write(Buffer.from('x'))).toBe(true);
    transport.pause();
    transport.resume();
    transport.end();
    transport.destroy();
    await harness.settle();
    expect(events.closedCount).toBe(1);
  });
}

const POLL = { interval: 2, timeout: 10_000 };

/**
 * Writes the pattern from `from` on until a write waits for the peer. A transport that encrypts may let a write wait
 * for itself, for a turn; what drains without the peer was no congestion.
 * @returns how many bytes of the pattern are written then
 */
async function writeUntilCongested(bench: Bench, bytesPerWrite: number, from = 0): Promise<number> {
  const { transport, events, harness } = bench;
  let at = from;
  while (at - from < CONGESTED_BY_BYTES) {
    const drainedBefore = events.drainedCount;
    const isTaken = transport.write(patternAt(at, bytesPerWrite));
    at += bytesPerWrite;
    if (isTaken || (await drains(events, drainedBefore))) continue;
    await harness.settle();
    if (events.drainedCount === drainedBefore) return at;
  }
  throw new Error(`${CONGESTED_BY_BYTES} bytes written and never congested`);
}

/** Whether `drained` is called within a few turns of the event loop. */
async function drains(events: RecordedEvents, drainedBefore: number): Promise<boolean> {
  for (let turns = 0; turns < 10 && events.drainedCount === drainedBefore; turns++) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
  return events.drainedCount !== drainedBefore;
}

/** Bytes that repeat with a prime period, so that a lost or doubled chunk shows. */
function pattern(length: number): Buffer {
  return patternAt(0, length);
}

function patternAt(at: number, length: number): Buffer {
  const start = at % PERIOD.length;
  const bytes = Buffer.allocUnsafeSlow(length);
  let filled = PERIOD.copy(bytes, 0, start, Math.min(PERIOD.length, start + length));
  while (filled < length) filled += PERIOD.copy(bytes, filled, 0, Math.min(PERIOD.length, length - filled));
  return bytes;
}

const PERIOD = Buffer.from(Array.from({ length: 65521 }, (_, i) => (i * 31 + (i >> 8)) & 0xff));
