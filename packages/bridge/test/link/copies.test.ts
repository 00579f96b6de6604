import { describe, expect, it } from 'vitest';
import { Copies } from '../../src/link/copies.ts';

describe('Copies', () => {
  it('settles a message when its last copy is acknowledged', () => {
    const copies = new Copies();
    copies.begin(7, 1, 0);
    const ids = [0, 1, 2].map((copy) => copies.add(7, copy));
    expect(ids).toEqual([0x0007, 0x1007, 0x2007]);
    expect(copies.acknowledged(0x1007, false)).toBe(0);
    expect(copies.acknowledged(0x1007, false)).toBe(-1);
    expect(copies.acknowledged(0x0007, false)).toBe(0);
    expect(copies.acknowledged(0x2007, false)).toBe(7);
    expect(copies.acknowledged(0x2007, false)).toBe(-1);
  });

  it('remembers which copies PUBREL goes to', () => {
    const copies = new Copies();
    copies.begin(9, 2, 3);
    for (const copy of [0, 1, 2]) copies.add(9, copy);
    copies.acknowledged(0x0009, true);
    copies.acknowledged(0x1009, false);
    expect(copies.acknowledged(0x2009, true)).toBe(9);
    expect(copies.released(9)).toBe(0b101);
    expect(copies.connectionOf(9)).toBe(3);
    expect(copies.completed(0x1009)).toBe(-1);
    expect(copies.completed(0x0009)).toBe(0);
    expect(copies.completed(0x2009)).toBe(9);
  });

  it('is settled at once without a copy, and begins anew when it is sent again', () => {
    const copies = new Copies();
    copies.begin(5, 1, 0);
    expect(copies.isFirstSettled(5)).toBe(true);
    copies.add(5, 0);
    copies.acknowledged(5, false);
    copies.begin(5, 1, 0);
    copies.add(5, 0);
    expect(copies.isFirstSettled(5)).toBe(false);
  });
});
