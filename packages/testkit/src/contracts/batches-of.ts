import { expect } from 'vitest';

/** The batches of a list, each checked for what the port promises: 1 to 100 views. */
export async function batchesOf<View>(list: AsyncIterable<readonly View[]>): Promise<(readonly View[])[]> {
  const batches: (readonly View[])[] = [];
  for await (const batch of list) {
    expect(batch.length).toBeGreaterThan(0);
    expect(batch.length).toBeLessThanOrEqual(100);
    batches.push(batch);
  }
  return batches;
}

/** All views of a list. */
export async function viewsOf<View>(list: AsyncIterable<readonly View[]>): Promise<View[]> {
  return (await batchesOf(list)).flat();
}
