import { describe, expect, it } from 'vitest';
import { HashQueueFull, HashWorkers } from '../../src/passwords/hash-workers.ts';

const SALT = Buffer.from('saltsaltsalt');

describe('hash workers', () => {
  it('derive a few keys at once, in order, the rest waits', async () => {
    const workers = new HashWorkers(2, 10);
    const order: number[] = [];
    let most = 0;
    await Promise.all(
      Array.from({ length: 8 }, async (_, i) => {
        await workers.pbkdf2(Buffer.from(`${i}`), SALT, 1, 32);
        most = Math.max(most, workers.running);
        order.push(i);
      }),
    );
    expect(most).toBeLessThanOrEqual(2);
    expect(order).toHaveLength(8);
    // Begun in order, two at a time: when one ends, those before it have, but for the one beside it.
    for (const [ended, i] of order.entries()) expect(i).toBeLessThanOrEqual(ended + 1);
    expect(workers.running).toBe(0);
  });

  it('refuse what would wait too long', async () => {
    const workers = new HashWorkers(1, 1);
    const asked = [1, 2, 3].map((i) => workers.pbkdf2(Buffer.from(`${i}`), SALT, 1, 32));
    await expect(asked[2]).rejects.toBeInstanceOf(HashQueueFull);
    await expect(Promise.all(asked.slice(0, 2))).resolves.toHaveLength(2);
    await expect(workers.pbkdf2(Buffer.from('4'), SALT, 1, 32)).resolves.toHaveLength(32);
  });

  it('give the place on when a key cannot be derived', async () => {
    const workers = new HashWorkers(1, 5);
    const wrong = workers.pbkdf2(Buffer.from('x'), SALT, 0, 32);
    const right = workers.pbkdf2(Buffer.from('x'), SALT, 1, 32);
    await expect(wrong).rejects.toThrow();
    await expect(right).resolves.toHaveLength(32);
    expect(workers.running).toBe(0);
  });

  it('have memory for the largest cost that is taken', async () => {
    const cost = { costLog2: 14, blockSize: 32, parallelism: 1 };
    await expect(new HashWorkers().scrypt(Buffer.from('x'), SALT, 32, cost)).resolves.toHaveLength(32);
  });
});
