import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Bell, createBell, createRing, RingReader, RingWriter } from '../src/ring.ts';
import { bodyOf, KeptRecords, writeRecord } from './records.ts';

const RING_BYTES = 4096;

afterEach(() => {
  vi.restoreAllMocks();
});

describe('createRing', () => {
  it.each([0, 2048, 4096.5, 4097, 2 ** 31, Number.NaN])('refuses %d bytes', (bytes) => {
    expect(() => createRing(bytes)).toThrow(RangeError);
  });

  it('can be posted to another thread, and stays shared', () => {
    const memory = createRing(RING_BYTES);
    const { ends, kept } = pairOver(memory, structuredClone(memory));
    writeRecord(ends.writer, bodyOf(1, 20));
    ends.writer.commit();
    ends.reader.poll(kept);
    expect(kept.bodies).toEqual([bodyOf(1, 20)]);
  });
});

describe('a ring', () => {
  it('gives nothing to the reader before it is committed', () => {
    const { ends, kept, wakes } = pairOver(createRing(RING_BYTES));
    writeRecord(ends.writer, bodyOf(1, 20));
    expect(ends.reader.poll(kept)).toBe(false);
    expect(wakes.reader).toBe(0);
    ends.writer.commit();
    expect(wakes.reader).toBe(1);
    expect(ends.reader.poll(kept)).toBe(true);
    expect(ends.reader.poll(kept)).toBe(false);
    expect(kept.bodies).toEqual([bodyOf(1, 20)]);
  });

  it('wakes the reader once until it has read and sleeps again', () => {
    const { ends, kept, wakes } = pairOver(createRing(RING_BYTES));
    for (let turn = 0; turn < 3; turn++) {
      writeRecord(ends.writer, bodyOf(turn, 20));
      ends.writer.commit();
    }
    expect(wakes.reader).toBe(1);
    ends.reader.poll(kept);
    writeRecord(ends.writer, bodyOf(3, 20));
    ends.writer.commit();
    expect(wakes.reader).toBe(1);
    ends.reader.poll(kept);
    ends.reader.sleep();
    writeRecord(ends.writer, bodyOf(4, 20));
    ends.writer.commit();
    expect(wakes).toEqual({ reader: 2, writer: 0, readerSelf: 0, writerSelf: 0 });
  });

  it('hands out what was committed before the poll, and asks for another one for what came meanwhile', () => {
    const { ends, kept, wakes } = pairOver(createRing(RING_BYTES));
    kept.onRecord = () => {
      writeRecord(ends.writer, bodyOf(9, 20));
      ends.writer.commit();
    };
    writeRecord(ends.writer, bodyOf(1, 20));
    ends.writer.commit();
    ends.reader.poll(kept);
    expect(kept.bodies).toHaveLength(1);
    ends.reader.sleep();
    expect(wakes).toEqual({ reader: 1, writer: 0, readerSelf: 1, writerSelf: 0 });
    kept.onRecord = undefined;
    ends.reader.poll(kept);
    expect(kept.bodies).toHaveLength(2);
  });

  it('does not read within a read', () => {
    const { ends, kept } = pairOver(createRing(RING_BYTES));
    for (const seed of [1, 2, 3]) writeRecord(ends.writer, bodyOf(seed, 20));
    ends.writer.commit();
    const inner: boolean[] = [];
    kept.onRecord = () => void inner.push(ends.reader.poll(kept));
    ends.reader.poll(kept);
    expect(inner).toEqual([false, false, false]);
    expect(kept.bodies).toEqual([1, 2, 3].map((seed) => bodyOf(seed, 20)));
  });

  it('lets through what the sink throws', () => {
    const { ends, kept } = pairOver(createRing(RING_BYTES));
    writeRecord(ends.writer, bodyOf(1, 20));
    ends.writer.commit();
    kept.onRecord = () => {
      throw new Error('broken');
    };
    expect(() => ends.reader.poll(kept)).toThrow('broken');
  });

  it('is full from what it has no room for until it is half empty, and says so once', () => {
    const { ends, kept, wakes } = pairOver(createRing(RING_BYTES));
    const { writer, reader } = ends;
    writeRecord(writer, bodyOf(1, 2000));
    writer.commit();
    writeRecord(writer, bodyOf(2, 2000));
    writer.commit();
    expect(writer.isFull).toBe(false);
    writeRecord(writer, bodyOf(3, 2000));
    writer.commit();
    expect(writer.isFull).toBe(true);
    expect(writer.drain()).toBe(false);

    reader.poll(kept);
    expect(wakes.writer).toBe(1);
    expect(writer.drain()).toBe(true);
    expect(writer.drain()).toBe(false);
    expect(writer.isFull).toBe(false);
    reader.poll(kept);
    expect(kept.bodies).toEqual([1, 2, 3].map((seed) => bodyOf(seed, 2000)));
  });

  it('is full as soon as something is reserved that does not fit beside what is unread', () => {
    const { ends, kept } = pairOver(createRing(RING_BYTES));
    for (let seed = 0; seed < 3; seed++) {
      writeRecord(ends.writer, bodyOf(seed, RING_BYTES / 4));
      ends.writer.commit();
    }
    expect(ends.writer.isFull).toBe(false);
    writeRecord(ends.writer, bodyOf(3, RING_BYTES / 4));
    expect(ends.writer.isFull).toBe(true);
    ends.reader.poll(kept);
    expect(ends.writer.drain()).toBe(true);
    ends.reader.poll(kept);
    expect(kept.bodies).toHaveLength(4);
  });

  it('wakes its own thread to drain when the reader was quicker than its question for room', () => {
    const memory = createRing(RING_BYTES);
    const kept = new KeptRecords();
    let selfWakes = 0;
    const reader = new RingReader(memory, expect.unreachable, expect.unreachable);
    const writer = new RingWriter(
      memory,
      () => void reader.poll(kept),
      () => void selfWakes++,
    );
    for (const seed of [1, 2]) writeRecord(writer, bodyOf(seed, 1020));
    expect(writer.isFull).toBe(true);
    writer.commit();
    expect(kept.bodies).toHaveLength(2);
    expect(selfWakes).toBe(1);
    expect(writer.drain()).toBe(true);
  });
});

describe('a ring against a queue', () => {
  it('gives each committed record once and in order, whoever does something when', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const { ends, kept } = pairOver(createRing(RING_BYTES));
        const staged: Buffer[] = [];
        const committed: Buffer[] = [];
        for (const { act, bytes } of steps) {
          if (act === 'write') {
            staged.push(bodyOf(staged.length + committed.length, bytes));
            writeRecord(ends.writer, staged.at(-1) as Buffer);
          } else if (act === 'read') {
            ends.reader.poll(kept);
          } else {
            if (act === 'commit') ends.writer.commit();
            else ends.writer.drain();
            committed.push(...staged.splice(0));
          }
          expect(kept.bodies.length).toBeLessThanOrEqual(committed.length + staged.length);
        }
        ends.writer.commit();
        committed.push(...staged);
        while (kept.bodies.length < committed.length) {
          ends.reader.poll(kept);
          ends.writer.drain();
          ends.writer.commit();
        }
        expect(kept.bodies).toEqual(committed);
      }),
    );
  });

  it('loses no wake-up: when everybody does something only when woken, everything arrives', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const { ends, kept, wakes } = pairOver(createRing(RING_BYTES));
        let written = 0;
        for (const { act, bytes } of steps) {
          if (act === 'write') writeRecord(ends.writer, bodyOf(written++, bytes));
          else if (act === 'commit') ends.writer.commit();
          else if (act === 'read' && wakes.reader + wakes.readerSelf > 0) readWoken(ends, wakes, kept);
          else if (wakes.writer + wakes.writerSelf > 0) drainWoken(ends, wakes);
        }
        ends.writer.commit();
        while (Object.values(wakes).some((count) => count > 0)) {
          readWoken(ends, wakes, kept);
          drainWoken(ends, wakes);
        }
        expect(kept.bodies).toHaveLength(written);
        expect(ends.writer.isFull).toBe(false);
      }),
    );
  });

  it('wakes a reader that had read and slept again between the bytes and the question whether it sleeps', () => {
    const { ends, kept, wakes } = pairOver(createRing(RING_BYTES));
    writeRecord(ends.writer, bodyOf(0, 20));
    // Word 64 says whether the reader sleeps, as written at RingMemory.
    beforeLoadOf(64, () => {
      ends.reader.poll(kept);
      ends.reader.sleep();
    });
    ends.writer.commit();
    expect(kept.bodies).toHaveLength(1);
    expect(wakes.reader).toBe(1);
    readWoken(ends, wakes, kept);
    writeRecord(ends.writer, bodyOf(1, 20));
    ends.writer.commit();
    expect(wakes.reader).toBe(1);
  });

  it('goes on when its positions pass 2^31 and 2^32', () => {
    const memory = createRing(RING_BYTES);
    // Word 0 is the tail, word 32 the head, as written at RingMemory.
    const words = new Int32Array(memory.shared);
    words[0] = words[32] = 0x7fff_fff8;
    for (let pass = 0; pass < 2; pass++) {
      const { ends, kept } = pairOver(memory);
      for (let seed = 0; seed < 20; seed++) {
        writeRecord(ends.writer, bodyOf(seed, 900));
        ends.writer.commit();
        ends.reader.poll(kept);
      }
      expect(kept.bodies).toEqual(Array.from({ length: 20 }, (_, seed) => bodyOf(seed, 900)));
      words[0] = words[32] = -8;
    }
  });
});

describe('Bell', () => {
  it('posts once until it is answered, whoever rings', () => {
    const memory = createBell();
    const posts: string[] = [];
    const one = new Bell(memory, () => posts.push('one'));
    const two = new Bell(structuredClone(memory), () => posts.push('two'));
    one.ring();
    two.ring();
    one.ring();
    expect(posts).toEqual(['one']);
    two.answer();
    two.ring();
    expect(posts).toEqual(['one', 'two']);
  });
});

const step = fc.record({
  act: fc.constantFrom('write', 'write', 'write', 'commit', 'read', 'drain'),
  bytes: fc.oneof(
    { weight: 6, arbitrary: fc.nat({ max: 60 }) },
    { weight: 2, arbitrary: fc.nat({ max: 2000 }) },
    { weight: 1, arbitrary: fc.nat({ max: 9000 }) },
  ),
});

interface Ends {
  readonly writer: RingWriter;
  readonly reader: RingReader;
}

/** How often each end was woken, by the other or by itself. */
interface Wakes {
  reader: number;
  writer: number;
  readerSelf: number;
  writerSelf: number;
}

function pairOver(memory: ReturnType<typeof createRing>, readerMemory = memory) {
  const wakes: Wakes = { reader: 0, writer: 0, readerSelf: 0, writerSelf: 0 };
  const count = (end: keyof Wakes) => () => void wakes[end]++;
  const ends: Ends = {
    writer: new RingWriter(memory, count('reader'), count('writerSelf')),
    reader: new RingReader(readerMemory, count('writer'), count('readerSelf')),
  };
  return { ends, kept: new KeptRecords(), wakes };
}

/** Lets the other thread do something, once, right before this one loads the word. */
function beforeLoadOf(word: number, act: () => void): void {
  const load = Atomics.load.bind(Atomics);
  const spy = vi.spyOn(Atomics, 'load').mockImplementation(((words: Int32Array, index: number) => {
    if (index === word) {
      spy.mockRestore();
      act();
    }
    return load(words, index);
  }) as typeof Atomics.load);
}

function readWoken({ reader }: Ends, wakes: Wakes, kept: KeptRecords): void {
  if (wakes.reader + wakes.readerSelf === 0) return;
  wakes.reader = wakes.readerSelf = 0;
  reader.poll(kept);
  reader.sleep();
}

function drainWoken({ writer }: Ends, wakes: Wakes): void {
  if (wakes.writer + wakes.writerSelf === 0) return;
  wakes.writer = wakes.writerSelf = 0;
  writer.drain();
}
