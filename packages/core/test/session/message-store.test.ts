import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MessageHandle, MessageStore, NEVER_EXPIRES } from '../../src/session/message-store.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const PAGE_BYTES = 256 * KIB;
/** Up to here pages may be as empty as they like. */
const FLOOR_BYTES = 8 * MIB;

/** Stores a frame filled with a byte that tells it from its neighbours. */
function store(messages: MessageStore, bytes: number, filling: number): MessageHandle {
  const handle = messages.allocate(bytes, 5, true);
  const offset = messages.offsetOf(handle);
  messages.bufferOf(handle).fill(filling, offset, offset + bytes);
  return handle;
}

function expectIntact(messages: MessageStore, handle: MessageHandle, bytes: number, filling: number): void {
  const offset = messages.offsetOf(handle);
  expect(messages.lengthOf(handle)).toBe(bytes);
  const frame = messages.bufferOf(handle).subarray(offset, offset + bytes);
  expect(frame.length).toBe(bytes);
  if (!frame.equals(Buffer.alloc(bytes, filling))) expect.fail(`message ${handle} of ${bytes} bytes was overwritten`);
}

describe('MessageStore', () => {
  it('keeps what was said of a message', () => {
    const messages = new MessageStore();
    const one = messages.allocate(20, 7, true);
    const other = messages.allocate(30, 65_537, false);
    messages.setExpiry(one, 1_700_000_000_123, 12);
    expect([messages.packetIdAt(one), messages.isVersion5(one), messages.lengthOf(one)]).toEqual([7, true, 20]);
    expect([messages.packetIdAt(other), messages.isVersion5(other), messages.lengthOf(other)]).toEqual([
      65_537,
      false,
      30,
    ]);
    expect([messages.deadlineMs(one), messages.expiryAt(one)]).toEqual([1_700_000_000_123, 12]);
    expect(messages.deadlineMs(other)).toBe(NEVER_EXPIRES);
    expect([messages.size, messages.liveBytes]).toEqual([2, 50]);
  });

  it('keeps a message until the last reference is released, then uses its handle again', () => {
    const messages = new MessageStore();
    const handle = store(messages, 100, 1);
    messages.setExpiry(handle, 5, 5);
    messages.retain(handle);
    messages.retain(handle);
    messages.release(handle);
    messages.release(handle);
    expectIntact(messages, handle, 100, 1);
    messages.release(handle);
    expect([messages.size, messages.liveBytes]).toEqual([0, 0]);
    const next = store(messages, 10, 2);
    expect(next).toBe(handle);
    expect(messages.deadlineMs(next)).toBe(NEVER_EXPIRES);
  });

  it.each<[behaviour: string, bytes: number]>([
    ['the smallest', 4],
    ['the largest that shares a page', PAGE_BYTES / 4],
    ['the smallest with a page of its own', PAGE_BYTES / 4 + 1],
    ['as large as a page', PAGE_BYTES],
    ['larger than a page', PAGE_BYTES * 3 + 1],
  ])('keeps messages apart: %s', (_, bytes) => {
    const messages = new MessageStore();
    const handles = Array.from({ length: 9 }, (_, i) => store(messages, bytes, i + 1));
    handles.forEach((handle, i) => {
      expectIntact(messages, handle, bytes, i + 1);
    });
    for (const handle of handles) messages.release(handle);
    expect(messages.liveBytes).toBe(0);
    expect(messages.reservedBytes).toBeLessThanOrEqual(PAGE_BYTES);
  });

  it('holds more messages than it first has handles for', () => {
    const messages = new MessageStore();
    const handles = Array.from({ length: 5000 }, (_, i) => store(messages, 50, i));
    messages.setExpiry(handles[4999] as MessageHandle, 9, 8);
    expect(new Set(handles).size).toBe(5000);
    handles.forEach((handle, i) => {
      expectIntact(messages, handle, 50, i);
    });
    expect(messages.deadlineMs(handles[4999] as MessageHandle)).toBe(9);
    for (const handle of handles) messages.release(handle);
    expect([messages.size, messages.liveBytes]).toEqual([0, 0]);
  });

  it('runs on one page while messages come and go at once', () => {
    const messages = new MessageStore();
    for (let i = 0; i < 20_000; i++) messages.release(store(messages, 200, i));
    expect(messages.reservedBytes).toBe(PAGE_BYTES);
  });

  it('gives memory back when a few messages outlive a flood, and keeps them intact', () => {
    const messages = new MessageStore();
    const flood = Array.from({ length: 64 * KIB }, (_, i) => store(messages, KIB, i));
    expect(messages.reservedBytes).toBeGreaterThanOrEqual(64 * MIB);
    const kept: { handle: MessageHandle; filling: number }[] = [];
    flood.forEach((handle, i) => {
      if (i % 256 === 0) kept.push({ handle, filling: i });
      else messages.release(handle);
    });
    kept.push({ handle: store(messages, KIB, 77), filling: 77 });
    expect(messages.reservedBytes).toBeLessThanOrEqual(FLOOR_BYTES);
    for (const { handle, filling } of kept) expectIntact(messages, handle, KIB, filling);
    for (const { handle } of kept) messages.release(handle);
    expect([messages.size, messages.liveBytes]).toEqual([0, 0]);
    expect(messages.reservedBytes).toBeLessThanOrEqual(PAGE_BYTES);
  });

  it('moves nothing while pages are more than a quarter full, as that would free little', () => {
    const messages = new MessageStore();
    const flood = Array.from({ length: 32 * KIB }, (_, i) => store(messages, KIB, i));
    const kept = flood.filter((_, i) => i % 7 < 2);
    const places = kept.map((handle) => ({ page: messages.bufferOf(handle), offset: messages.offsetOf(handle) }));
    flood.forEach((handle, i) => {
      if (i % 7 >= 2) messages.release(handle);
    });
    store(messages, KIB, 1);
    kept.forEach((handle, i) => {
      if (messages.bufferOf(handle) !== places[i]?.page) expect.fail(`message ${handle} was moved`);
      expect(messages.offsetOf(handle)).toBe(places[i]?.offset);
    });
  });

  it('does what a plain map of buffers does', () => {
    const bytes = fc.oneof(
      { weight: 6, arbitrary: fc.integer({ min: 4, max: 3000 }) },
      { weight: 3, arbitrary: fc.integer({ min: 3000, max: PAGE_BYTES / 4 }) },
      { weight: 1, arbitrary: fc.integer({ min: PAGE_BYTES / 4, max: 2 * PAGE_BYTES }) },
    );
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ kind: fc.constant('allocate'), number: bytes }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('retain'), number: fc.nat() }) },
      { weight: 4, arbitrary: fc.record({ kind: fc.constant('release'), number: fc.nat() }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('thin out'), number: fc.integer({ min: 2, max: 40 }) }) },
      // Many at once, so that pages fill and compaction has something to do.
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('flood'), number: fc.integer({ min: 100, max: 900 }) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const messages = new MessageStore();
        const model: { handle: MessageHandle; bytes: number; filling: number; references: number }[] = [];
        let filling = 0;
        const add = (size: number) => {
          filling = (filling + 1) & 255;
          model.push({ handle: store(messages, size, filling), bytes: size, filling, references: 1 });
          const live = model.reduce((sum, each) => sum + each.bytes, 0);
          expect(messages.reservedBytes).toBeLessThanOrEqual(Math.max(FLOOR_BYTES, 4 * live));
        };
        const drop = (at: number) => {
          const each = model[at] as (typeof model)[number];
          messages.release(each.handle);
          if (--each.references === 0) model.splice(at, 1);
        };
        for (const { kind, number } of steps) {
          if (kind === 'allocate') add(number);
          else if (kind === 'flood') for (let i = 0; i < 400; i++) add(number * 16);
          else if (model.length === 0) continue;
          else if (kind === 'release') drop(number % model.length);
          else if (kind === 'retain') {
            const each = model[number % model.length] as (typeof model)[number];
            messages.retain(each.handle);
            each.references++;
          } else for (let at = model.length - 1; at >= 0; at--) if (at % number !== 0) drop(at);
          expect(messages.size).toBe(model.length);
          expect(messages.liveBytes).toBe(model.reduce((sum, each) => sum + each.bytes, 0));
        }
        for (const each of model) expectIntact(messages, each.handle, each.bytes, each.filling);
        while (model.length > 0) drop(model.length - 1);
        expect([messages.size, messages.liveBytes]).toEqual([0, 0]);
        expect(messages.reservedBytes).toBeLessThanOrEqual(PAGE_BYTES);
      }),
      { numRuns: 30 },
    );
  });
});
