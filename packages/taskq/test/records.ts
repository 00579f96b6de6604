import type { RecordSink } from '../src/record-assembly.ts';
import { HEADER_BYTES, RecordType, readCount, recordBytes, writeHeader } from '../src/records/layout.ts';
import type { RingWriter } from '../src/ring.ts';

/** Writes a record whose body is `body`. */
export function writeRecord(writer: RingWriter, body: Buffer): void {
  const at = writer.reserve(recordBytes(body.length));
  writeHeader(writer.bytes, at, body.length, RecordType.Publish, 0);
  body.copy(writer.bytes, at + HEADER_BYTES);
}

/** A record as bytes. */
export function recordOf(body: Buffer): Buffer {
  const record = Buffer.alloc(recordBytes(body.length), 0xee);
  writeHeader(record, 0, body.length, RecordType.Publish, 0);
  body.copy(record, HEADER_BYTES);
  return record;
}

/** Keeps the bodies of records. */
export class KeptRecords implements RecordSink {
  readonly bodies: Buffer[] = [];
  /** Called with each record after it was kept. */
  onRecord: (() => void) | undefined;

  record(buf: Buffer, at: number): void {
    const start = at + HEADER_BYTES;
    this.bodies.push(Buffer.from(buf.subarray(start, start + readCount(buf, at))));
    this.onRecord?.();
  }
}

/** Bytes that differ from record to record and within one. */
export function bodyOf(seed: number, length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, i) => seed * 31 + i + (i >> 8)));
}
