import { describe, expect, it } from 'vitest';
import { Copies } from '../../src/link/copies.ts';
import type { ForwardPlan } from '../../src/link/forward-plan.ts';

function planWith(copies: number, connection = 0): ForwardPlan {
  return { topicKey: 't', copies: Array(copies).fill({ topicName: null, qos: -1, retain: -1 }), connection };
}

describe('Copies', () => {
  it('settles a message when its last copy is acknowledged', () => {
    const copies = new Copies();
    copies.begin(7, 1, planWith(3));
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
    copies.begin(9, 2, planWith(3, 3));
    for (const copy of [0, 1, 2]) copies.add(9, copy);
    copies.acknowledged(0x0009, true);
    copies.acknowledged(0x1009, false);
    expect(copies.acknowledged(0x2009, true)).toBe(9);
    expect(copies.released(9)).toBe(0b101);
    expect(copies.planOf(9)?.connection).toBe(3);
    expect(copies.completed(0x1009)).toBe(-1);
    expect(copies.completed(0x0009)).toBe(0);
    expect(copies.completed(0x2009)).toBe(9);
  });

  it('is settled at once without a copy, and begins anew when it is sent again', () => {
    const copies = new Copies();
    copies.begin(5, 1, planWith(1));
    expect(copies.isFirstSettled(5)).toBe(true);
    copies.add(5, 0);
    copies.acknowledged(5, false);
    copies.begin(5, 1, planWith(1));
    copies.add(5, 0);
    expect(copies.isFirstSettled(5)).toBe(false);
  });

  it('tells how many copies a message under way has at most', () => {
    const copies = new Copies();
    expect(copies.most).toBe(0);
    copies.begin(5, 2, planWith(3));
    copies.begin(6, 1, planWith(2));
    for (const localId of [5, 6]) copies.add(localId, 0);
    copies.acknowledged(5, true);
    expect(copies.most).toBe(3);
    copies.completed(5);
    expect(copies.most).toBe(2);
  });
});
