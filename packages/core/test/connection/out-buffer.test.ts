import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BufferPool, LARGEST_POOLED_BYTES } from '../../src/connection/buffer-pool.ts';
import { FlushQueue } from '../../src/connection/flush-queue.ts';
import { GATHERED_BYTES, OutBuffer } from '../../src/connection/out-buffer.ts';
import { Counters } from '../../src/observe/counters.ts';
import type { Transport } from '../../src/ports/transport.ts';

/** Takes what it is given, or keeps it by reference while it is blocked, as the port has it. */
class Sink implements Transport {
  readonly remoteAddress = '';
  readonly remotePort = 0;
  readonly listener = '';
  readonly peerCertificate = null;
  isBlocked = false;
  /** Copies of what the network took. */
  readonly taken: Buffer[] = [];
  /** What waits, by reference. */
  readonly waiting: Buffer[] = [];

  get pendingBytes(): number {
    return this.waiting.reduce((sum, { length }) => sum + length, 0);
  }

  write(bytes: Buffer): boolean {
    if (this.isBlocked) this.waiting.push(bytes);
    else this.taken.push(Buffer.from(bytes));
    return !this.isBlocked;
  }

  /** The network takes what waited. */
  relieve(): void {
    this.isBlocked = false;
    for (const bytes of this.waiting.splice(0)) this.taken.push(Buffer.from(bytes));
  }

  pause(): void {}
  resume(): void {}
  end(): void {}
  destroy(): void {}
}

function setUp() {
  const sink = new Sink();
  const pool = new BufferPool();
  const queue = new FlushQueue();
  const counters = new Counters();
  return { sink, pool, queue, counters, out: new OutBuffer(sink, pool, queue, counters) };
}

function append(out: OutBuffer, text: string): void {
  const bytes = Buffer.from(`..${text}..`);
  out.append(bytes, 2, bytes.length - 2);
  // It was copied: the caller may do with its bytes what it likes.
  bytes.fill('!');
}

const textOf = (buffers: readonly Buffer[]) => Buffer.concat(buffers).toString();

describe('OutBuffer', () => {
  it('writes what came in a turn once, in order, when it is flushed', () => {
    const { sink, queue, out } = setUp();
    for (const text of ['a', 'bc', 'def']) append(out, text);
    const at = out.reserve(2);
    out.bytes?.write('gh', at);
    expect(sink.taken).toEqual([]);
    expect(out.waitingBytes).toBe(8);
    queue.flush();
    expect(sink.taken.map(String)).toEqual(['abcdefgh']);
    queue.flush();
    expect(sink.taken).toHaveLength(1);
    append(out, 'i');
    queue.flush();
    expect(sink.taken.map(String)).toEqual(['abcdefgh', 'i']);
  });

  it('counts the bytes it hands over, copied and by reference', () => {
    const { queue, counters, out } = setUp();
    append(out, 'abc');
    expect(counters.bytesSent).toBe(0);
    queue.flush();
    expect(counters.bytesSent).toBe(3);
    out.appendShared(Buffer.from('shared'));
    queue.flush();
    expect(counters.bytesSent).toBe(9);
    append(out, 'last');
    out.finish();
    expect(counters.bytesSent).toBe(13);
  });

  it('holds a buffer only while bytes wait in it', () => {
    const { pool, queue, out } = setUp();
    expect(out.bytes).toBeNull();
    append(out, 'a');
    const held = out.bytes;
    queue.flush();
    expect(out.bytes).toBeNull();
    expect(pool.take(1)).toBe(held);
  });

  it('takes the buffer for all that one read brings from the pool, and gives it back', () => {
    const { pool, queue, out } = setUp();
    for (const length of [200_000, 262_144]) {
      append(out, 'x'.repeat(length));
      const held = out.bytes;
      queue.flush();
      expect(pool.take(262_144)).toBe(held);
      pool.give(held as Buffer);
    }
  });

  it('holds no more for a blocked transport than the bytes that wait, from 64 KiB on', () => {
    const { sink, queue, out } = setUp();
    sink.isBlocked = true;
    for (let i = 0; i < 4; i++) {
      append(out, 'x'.repeat(70_000));
      queue.flush();
    }
    expect(sink.waiting.map((bytes) => bytes.buffer.byteLength)).toEqual([131_072, 70_000, 70_000]);
  });

  it('sends a shared segment by reference when it is alone in its turn', () => {
    const { sink, queue, out } = setUp();
    const segment = Buffer.from('shared');
    sink.isBlocked = true;
    expect(out.appendShared(segment)).toBe(true);
    expect(out.waitingBytes).toBe(6);
    queue.flush();
    expect(sink.waiting[0]).toBe(segment);
  });

  it('copies a shared segment when other bytes come before or after it', () => {
    const { sink, queue, out } = setUp();
    append(out, 'before ');
    expect(out.appendShared(Buffer.from('shared'))).toBe(false);
    queue.flush();
    expect(out.appendShared(Buffer.from('first '))).toBe(true);
    expect(out.appendShared(Buffer.from('second '))).toBe(false);
    append(out, 'after');
    queue.flush();
    expect(sink.taken.map(String)).toEqual(['before shared', 'first second after']);
  });

  it('gathers bytes while the transport is blocked, and writes them when it has drained', () => {
    const { sink, queue, out } = setUp();
    sink.isBlocked = true;
    append(out, 'a');
    queue.flush();
    expect(out.isBlocked).toBe(true);
    expect(out.appendShared(Buffer.from('b'))).toBe(false);
    queue.flush();
    append(out, 'c');
    queue.flush();
    expect(out.appendShared(Buffer.from('d'))).toBe(false);
    queue.flush();
    expect([sink.waiting.length, out.waitingBytes]).toEqual([1, 4]);
    sink.relieve();
    out.drained();
    expect(out.isBlocked).toBe(false);
    expect(textOf(sink.taken)).toBe('abcd');
    expect(sink.taken).toHaveLength(2);
  });

  it('never touches a buffer again that the transport kept', () => {
    const { sink, queue, pool, out } = setUp();
    sink.isBlocked = true;
    append(out, 'kept');
    queue.flush();
    const kept = sink.waiting[0] as Buffer;
    for (let i = 0; i < 20; i++) {
      append(out, 'later');
      const other = pool.take(10);
      other.fill('x');
      pool.give(other);
    }
    expect(kept.toString()).toBe('kept');
    expect(pool.take(1).buffer).not.toBe(kept.buffer);
  });

  it('hands more than the largest buffer to a blocked transport, which keeps it in order', () => {
    const { sink, queue, out } = setUp();
    sink.isBlocked = true;
    const parts = Array.from({ length: 30 }, (_, i) => String.fromCharCode(97 + i).repeat(10_000));
    for (const part of parts) {
      append(out, part);
      queue.flush();
      expect(out.length).toBeLessThanOrEqual(GATHERED_BYTES);
    }
    expect(out.waitingBytes).toBe(300_000);
    sink.relieve();
    out.drained();
    expect(textOf(sink.taken)).toBe(parts.join(''));
  });

  it.each([
    ['a little over', LARGEST_POOLED_BYTES + 1],
    ['many times', 20 * LARGEST_POOLED_BYTES],
  ])('takes a frame larger than the largest buffer: %s', (_, length) => {
    const { sink, queue, out } = setUp();
    append(out, 'before');
    append(out, 'x'.repeat(length));
    append(out, 'after');
    queue.flush();
    expect(textOf(sink.taken)).toBe(`before${'x'.repeat(length)}after`);
  });

  it('writes what waits before an orderly end, blocked or not, and nothing after it', () => {
    for (const isBlocked of [false, true]) {
      const { sink, queue, out } = setUp();
      sink.isBlocked = isBlocked;
      append(out, 'a');
      queue.flush();
      append(out, 'last');
      out.finish();
      append(out, 'too late');
      out.appendShared(Buffer.from('too late'));
      queue.flush();
      sink.relieve();
      expect(textOf(sink.taken)).toBe('alast');
    }
  });

  it('sends nothing after close, and gives its buffer back', () => {
    const { sink, queue, pool, out } = setUp();
    append(out, 'a');
    const held = out.bytes;
    out.close();
    append(out, 'b');
    append(out, 'x'.repeat(2 * LARGEST_POOLED_BYTES));
    queue.flush();
    expect(sink.taken).toEqual([]);
    expect(held).not.toBeNull();
    expect(pool.take(1).length).toBe(1024);
  });

  it('sends the bytes it was given in order, whatever comes when', () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ kind: fc.constant('append'), bytes: fc.integer({ min: 1, max: 3000 }) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('append'), bytes: fc.integer({ min: 1, max: 150_000 }) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('shared'), bytes: fc.integer({ min: 1, max: 3000 }) }) },
      {
        weight: 4,
        arbitrary: fc.record({ kind: fc.constantFrom('flush', 'block', 'relieve'), bytes: fc.constant(0) }),
      },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { sink, queue, pool, out } = setUp();
        const given: Buffer[] = [];
        const relieve = () => {
          const hadWaiting = sink.waiting.length > 0;
          sink.relieve();
          if (hadWaiting) out.drained();
        };
        for (const [i, { kind, bytes }] of steps.entries()) {
          if (kind === 'flush') queue.flush();
          else if (kind === 'block') sink.isBlocked = true;
          else if (kind === 'relieve') relieve();
          else {
            const chunk = Buffer.alloc(bytes, i + 1);
            given.push(chunk);
            if (kind === 'append') out.append(chunk, 0, bytes);
            else out.appendShared(chunk);
          }
          // Whatever the pool gives out belongs to nobody else.
          const other = pool.take(bytes);
          other.fill(0xff);
          pool.give(other);
        }
        relieve();
        queue.flush();
        relieve();
        expect(Buffer.concat(sink.taken).equals(Buffer.concat(given))).toBe(true);
        expect(out.waitingBytes).toBe(0);
      }),
    );
  });
});
