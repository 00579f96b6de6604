import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PacketIdSet } from '../../src/session/packet-id-set.ts';

describe('PacketIdSet', () => {
  it.each([1, 31, 32, 63, 1023, 1024, 32_767, 32_768, 65_534, 65_535])('holds %i and no other', (packetId) => {
    const set = new PacketIdSet();
    expect(set.has(packetId)).toBe(false);
    expect(set.delete(packetId)).toBe(false);
    expect(set.add(packetId)).toBe(true);
    expect(set.add(packetId)).toBe(false);
    for (let each = 1; each <= 65_535; each++) if (set.has(each) !== (each === packetId)) expect(each).toBe(packetId);
    expect(set.size).toBe(1);
    expect(set.delete(packetId)).toBe(true);
    expect(set.has(packetId)).toBe(false);
    expect(set.size).toBe(0);
  });

  it('holds every packet identifier at once', () => {
    const set = new PacketIdSet();
    for (let each = 1; each <= 65_535; each++) set.add(each);
    expect(set.size).toBe(65_535);
    for (let each = 65_535; each >= 1; each -= 2) set.delete(each);
    for (let each = 1; each <= 65_535; each++) if (set.has(each) !== (each % 2 === 0)) expect(each).toBe(0);
    expect(set.size).toBe(32_767);
  });

  it('does what a Set does', () => {
    const near = fc.integer({ min: 1, max: 70 });
    const packetId = fc.oneof(near, fc.integer({ min: 1, max: 65_535 }), fc.constantFrom(1023, 1024, 1025, 65_535));
    const steps = fc.array(fc.tuple(fc.constantFrom('add', 'delete', 'has'), packetId), { maxLength: 200 });
    fc.assert(
      fc.property(steps, (operations) => {
        const set = new PacketIdSet();
        const model = new Set<number>();
        for (const [operation, id] of operations) {
          const isNew = !model.has(id);
          if (operation === 'add') {
            expect(set.add(id)).toBe(isNew);
            model.add(id);
          } else if (operation === 'delete') {
            expect(set.delete(id)).toBe(model.delete(id));
          } else expect(set.has(id)).toBe(!isNew);
          expect(set.size).toBe(model.size);
        }
      }),
    );
  });
});
