import { expect, it } from 'vitest';
import { OrderQueue } from '../../src/process/order-queue.ts';

it('runs one order after another, also after one that failed', async () => {
  const queue = new OrderQueue();
  const happened: string[] = [];
  let release = () => {};
  const first = queue.run(async () => {
    happened.push('first begins');
    await new Promise<void>((resolve) => {
      release = resolve;
    });
    happened.push('first ends');
    throw new Error('first failed');
  });
  const second = queue.run(() => {
    happened.push('second');
    return 2;
  });
  await new Promise(setImmediate);
  expect(happened).toEqual(['first begins']);
  release();
  await expect(first).rejects.toThrow('first failed');
  expect(await second).toBe(2);
  expect(happened).toEqual(['first begins', 'first ends', 'second']);
});
