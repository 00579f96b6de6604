/**
 * Steps between two turns, and so the most views in a batch. A step is a view made, or something looked at in vain. With
 * 500 a list of 10,000 clients held the event loop up to 6 ms a batch, with 100 at most 2 (slow suite of the HTTP API).
 */
export const BATCH_STEPS = 100;

/** Lets the event loop take a turn: settles after the input that is ready has been read. */
export type YieldTurn = () => Promise<void>;

function oneStep(): number {
  return 1;
}

/**
 * Cuts a walk into batches with a turn of the event loop after each, so that a long list holds nobody up. No batch is
 * empty. The walk must bear that what it walks over changes during a turn.
 * @param views  null: something was looked at that is not to be listed
 * @param weigh  steps that a view cost; those of a heavy one end its batch
 */
export async function* inBatches<View>(
  views: Iterable<View | null>,
  yieldTurn: YieldTurn,
  weigh: (view: View) => number = oneStep,
): AsyncGenerator<readonly View[], void, undefined> {
  let batch: View[] = [];
  let steps = 0;
  for (const view of views) {
    if (view !== null) batch.push(view);
    steps += view === null ? 1 : weigh(view);
    if (steps < BATCH_STEPS) continue;
    if (batch.length > 0) yield batch;
    batch = [];
    steps = 0;
    await yieldTurn();
  }
  if (batch.length > 0) yield batch;
}
