import { RecordedPeerEvents } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';
import { RecordType, writeHeader } from '../src/records/layout.ts';
import { createRing, RingReader, RingWriter } from '../src/ring.ts';
import { RingInput } from '../src/ring-input.ts';

describe('RingInput', () => {
  it.each([
    ['of another version', 4, 1, 'a record of version 1, type 17'],
    ['of no known type', 5, 99, 'a record of unknown type 99'],
  ])('does not go on after a record %s', (_, at, value, message) => {
    const memory = createRing();
    const writer = new RingWriter(memory, () => {}, expect.unreachable);
    const start = writer.reserve(8);
    writeHeader(writer.bytes, start, 0, RecordType.Introduced, 0);
    writer.bytes[start + at] = value;
    writer.commit();
    const events = new RecordedPeerEvents();
    const input = new RingInput(new RingReader(memory, expect.unreachable, expect.unreachable), events);
    expect(() => input.poll()).toThrow(message);
    expect(events.calls).toEqual([]);
  });
});
