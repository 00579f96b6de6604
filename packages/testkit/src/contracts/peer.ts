/**
 * What every Peer must do (port: core/src/ports/peer.ts). An implementation's test file supplies the harness:
 * `describePeer('ring', (near, far) => startMyHarness(near, far))`.
 */
import { inspect, isDeepStrictEqual } from 'node:util';
import type { Peer, PeerEvents } from '@nanomq-ts/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RandomSource } from '../fuzz/random-source.ts';
import { type PeerCall, RecordedPeerEvents } from '../recorded-peer-events.ts';
import { frameOf, publishTelling, TELLINGS, type Telling } from './peer-tellings.ts';

/** Both ends of the way between two shards, *near* and *far*. */
export interface PeerHarness {
  /** What the near shard tells; it arrives at `far`. */
  readonly toFar: Peer;
  /** What the far shard tells; it arrives at `near`. */
  readonly toNear: Peer;
  /** Settles when everything committed has arrived, at a shard that reads. */
  settle(): Promise<void>;
  /** The far shard reads nothing, so that a bounded number of bytes later `toFar` is full. */
  stopReading(): void;
  startReading(): void;
  /** The far shard dies; settles when the near one knows. */
  killFar(): Promise<void>;
  close(): Promise<void>;
}

/** @param near, far  who hears what arrives at either shard */
export type StartPeerHarness = (near: PeerEvents, far: PeerEvents) => Promise<PeerHarness>;

/** A harness during one test. */
interface Bench {
  harness: PeerHarness;
  near: RecordedPeerEvents;
  far: RecordedPeerEvents;
}

/** An implementation must be full before it holds so many bytes. */
const FULL_BY_BYTES = 64 * 1024 * 1024;

/** Declares the contract's tests for one implementation. */
export function describePeer(name: string, start: StartPeerHarness): void {
  describe(`peer contract: ${name}`, () => {
    const bench = {} as Bench;
    beforeEach(async () => {
      bench.near = new RecordedPeerEvents();
      bench.far = new RecordedPeerEvents();
      bench.harness = await start(bench.near, bench.far);
    });
    afterEach(() => bench.harness.close());

    declareTellings(bench);
    declareOrder(bench);
    declareBorrowing(bench);
    declarePressure(bench);
    declareEnding(bench);
  });
}

function declareTellings(bench: Bench): void {
  it.each(TELLINGS)('tells once and exactly: $name', async (telling) => {
    await tellAll(bench, [telling]);
    expect(bench.far.calls).toEqual([telling.call]);
    // A single large one may fill a small way.
    expect(bench.near.calls.filter(([method]) => method !== 'drained')).toEqual([]);
  });

  it('has nothing to send off when nothing was told', async () => {
    bench.harness.toFar.commit();
    await bench.harness.settle();
    expect(bench.far.calls).toEqual([]);
  });

  it.each([100_000, 1_000_003, 5_000_000])('tells a PUBLISH of %d bytes', async (bytes) => {
    const tellings = [publishTelling(frameOf(1, 3, true)), publishTelling(frameOf(2, bytes, true)), ...TELLINGS];
    await tellAll(bench, tellings);
    expectCalls(bench.far, tellings);
  });
}

function declareOrder(bench: Bench): void {
  it('keeps the order of one turn', async () => {
    const tellings = [...TELLINGS, ...TELLINGS.toReversed()];
    await tellAll(bench, tellings);
    expectCalls(bench.far, tellings);
  });

  it.each([1, 2, 3])('keeps the order of many turns, large among small, seed %d', async (seed) => {
    const random = new RandomSource(seed);
    const told: Telling[] = [];
    for (let turn = 0; turn < 60; turn++) {
      const tellings = Array.from({ length: random.below(20) }, () => randomTelling(random));
      for (const telling of tellings) telling.tell(bench.harness.toFar);
      told.push(...tellings);
      bench.harness.toFar.commit();
      if (random.chance(1, 4)) await bench.harness.settle();
    }
    await bench.harness.settle();
    expectCalls(bench.far, told);
  });

  it('tells in both directions, an answer from inside a call too', async () => {
    const { harness, near, far } = bench;
    far.onCall = ([method]) => {
      if (method !== 'publish') return;
      harness.toNear.relayTaken(7, far.calls.length);
      harness.toNear.commit();
    };
    await tellAll(bench, [publishTelling(frameOf(1, 10, true)), publishTelling(frameOf(2, 10, true))]);
    expect(far.countOf('publish')).toBe(2);
    expect(near.calls).toEqual([
      ['relayTaken', 7, 1],
      ['relayTaken', 7, 2],
    ]);
  });
}

function declareBorrowing(bench: Bench): void {
  it.each([20, 3000, 300_000])('has done with the bytes when the call returns: %d bytes', async (bytes) => {
    const { harness, far } = bench;
    const frame = frameOf(1, bytes, true);
    const { call } = publishTelling(frame);
    harness.toFar.publish(frame);
    frame.buf.fill(0xdb);
    harness.toFar.commit();
    await harness.settle();
    expectSame(far.calls, [call]);
  });
}

function declarePressure(bench: Bench): void {
  it('is not full for a few messages, and does not say that it drained', async () => {
    const { harness, near } = bench;
    harness.stopReading();
    for (let i = 0; i < 10; i++) harness.toFar.publish(frameOf(i, 20, true));
    harness.toFar.commit();
    expect(harness.toFar.isFull).toBe(false);
    harness.startReading();
    await harness.settle();
    expect(near.calls).toEqual([]);
  });

  it.each([
    [70, 1000],
    [30_000, 5],
    [2_000_000, 1],
  ])('is full, keeps what is told all the same, and drains: %d bytes, %d a turn', async (bytes, perTurn) => {
    const { harness, near, far } = bench;
    for (let round = 1; round <= 3; round++) {
      far.calls = [];
      harness.stopReading();
      const told = await tellUntilFull(bench, bytes, perTurn);
      told.push(...TELLINGS);
      for (const { tell } of TELLINGS) tell(harness.toFar);
      harness.toFar.commit();
      await harness.settle();
      expect(harness.toFar.isFull).toBe(true);
      expect(near.countOf('drained')).toBe(round - 1);

      harness.startReading();
      await harness.settle();
      expect(near.countOf('drained')).toBe(round);
      expect(harness.toFar.isFull).toBe(false);
      expectCalls(far, told);
    }
  });

  it('takes more from inside drained', async () => {
    const { harness, near, far } = bench;
    harness.stopReading();
    const told = await tellUntilFull(bench, 10_000, 10);
    near.onCall = () => {
      near.onCall = undefined;
      for (const { tell } of TELLINGS) tell(harness.toFar);
      harness.toFar.commit();
    };
    harness.startReading();
    await harness.settle();
    expectCalls(far, [...told, ...TELLINGS]);
  });
}

function declareEnding(bench: Bench): void {
  it('tells what was committed before the other shard died, then that it is gone, and nothing after', async () => {
    const { harness, near } = bench;
    harness.toNear.clientLeft('a');
    harness.toNear.commit();
    await harness.killFar();
    harness.toNear.clientLeft('b');
    harness.toNear.commit();
    await harness.settle();
    expect(near.calls).toEqual([['clientLeft', 'a'], ['gone']]);
  });

  it('is not full of what is told to a shard that is gone', async () => {
    const { harness } = bench;
    harness.stopReading();
    await tellUntilFull(bench, 30_000, 5);
    await harness.killFar();
    expect(harness.toFar.isFull).toBe(false);
    for (const { tell } of TELLINGS) tell(harness.toFar);
    harness.toFar.commit();
    expect(harness.toFar.isFull).toBe(false);
  });
}

async function tellAll({ harness }: Bench, tellings: readonly Telling[]): Promise<void> {
  for (const { tell } of tellings) tell(harness.toFar);
  harness.toFar.commit();
  await harness.settle();
}

/** Publishes until the way is full, so many messages a turn. @returns what was told */
async function tellUntilFull({ harness }: Bench, bytes: number, perTurn: number): Promise<Telling[]> {
  const told: Telling[] = [];
  for (let sent = 0; sent < FULL_BY_BYTES; ) {
    for (let i = 0; i < perTurn; i++, sent += bytes) {
      const telling = publishTelling(frameOf(told.length, bytes, true));
      telling.tell(harness.toFar);
      told.push(telling);
    }
    harness.toFar.commit();
    await harness.settle();
    if (harness.toFar.isFull) return told;
  }
  throw new Error(`${FULL_BY_BYTES} bytes told and never full`);
}

function randomTelling(random: RandomSource): Telling {
  if (random.chance(1, 3)) return random.pick(TELLINGS);
  const bytes = random.chance(1, 50) ? random.below(400_000) : random.below(300);
  return publishTelling(frameOf(random.below(1000), bytes, random.chance(1, 2)));
}

function expectCalls(events: RecordedPeerEvents, tellings: readonly Telling[]): void {
  expectSame(
    events.calls,
    tellings.map(({ call }) => call),
  );
}

/** Like toEqual, but a difference among megabytes does not end in a report of megabytes. */
function expectSame(calls: readonly PeerCall[], expected: readonly PeerCall[]): void {
  const length = Math.max(calls.length, expected.length);
  const isSame = (i: number) => isDeepStrictEqual(calls[i], expected[i]);
  const different = Array.from({ length }, (_, i) => i).find((i) => !isSame(i));
  if (different === undefined) return;
  expect.fail(`call ${different}: ${inspect(calls[different])}, expected ${inspect(expected[different])}`);
}
