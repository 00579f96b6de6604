import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FieldReader } from '../../src/records/field-reader.ts';
import { FieldWriter } from '../../src/records/field-writer.ts';

const field = fc.oneof(
  fc.record({ kind: fc.constant('count' as const), value: fc.nat({ max: 0xffff_ffff }) }),
  fc.record({ kind: fc.constant('number' as const), value: fc.double({ noNaN: true }) }),
  fc.record({ kind: fc.constant('text' as const), value: fc.string({ unit: 'binary', maxLength: 400 }) }),
  fc.record({ kind: fc.constant('key' as const), value: fc.uint8Array({ maxLength: 400 }) }),
);

describe('fields of records', () => {
  it('are read as they were written, wherever they lie', () => {
    const writer = new FieldWriter();
    const reader = new FieldReader();
    fc.assert(
      fc.property(fc.array(field), fc.nat({ max: 20 }), (fields, before) => {
        writer.begin();
        for (const each of fields) {
          if (each.kind === 'count') writer.count(each.value);
          else if (each.kind === 'number') writer.number(each.value);
          else if (each.kind === 'text') writer.text(each.value);
          else writer.key(Buffer.from(each.value).toString('latin1'));
        }
        const bytes = Buffer.concat([Buffer.alloc(before), writer.bytes.subarray(0, writer.length), Buffer.alloc(9)]);
        reader.open(bytes, before, before + writer.length);
        for (const { kind, value } of fields) {
          const read = reader[kind]();
          expect(read).toBe(kind === 'key' ? Buffer.from(value).toString('latin1') : value);
        }
        expect(reader.at).toBe(reader.end);
      }),
    );
  });
});
