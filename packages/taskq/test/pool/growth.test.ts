import { describe, expect, it } from 'vitest';
import { BUSY_PULSES, Growth } from '../../src/pool/growth.ts';

/** @returns in which of so many pulses another shard was due, from 1 */
function duePulses(growth: Growth, pulses: number): number[] {
  return Array.from({ length: pulses }, (_, i) => i + 1).filter(() => growth.isDue());
}

describe('growth', () => {
  it('is due once all shards together were busy for ten pulses, and counts anew then', () => {
    const growth = new Growth();
    growth.told(1, 0.9);
    growth.told(2, 0.75);
    expect(duePulses(growth, 2 * BUSY_PULSES)).toEqual([BUSY_PULSES, 2 * BUSY_PULSES]);
  });

  it('is not due while the mean is not above the mark', () => {
    const growth = new Growth();
    growth.told(1, 1);
    growth.told(2, 0.6);
    expect(duePulses(growth, 100)).toEqual([]);
  });

  it('begins anew after a pulse without haste', () => {
    const growth = new Growth();
    growth.told(1, 0.9);
    expect(duePulses(growth, BUSY_PULSES - 1)).toEqual([]);
    growth.told(1, 0.1);
    growth.isDue();
    growth.told(1, 0.9);
    expect(duePulses(growth, BUSY_PULSES)).toEqual([BUSY_PULSES]);
  });

  it('does not count who has gone, nor when nobody has told', () => {
    const growth = new Growth();
    expect(duePulses(growth, 20)).toEqual([]);
    growth.told(1, 0.9);
    growth.told(2, 0);
    growth.gone(2);
    expect(duePulses(growth, BUSY_PULSES)).toEqual([BUSY_PULSES]);
  });
});
