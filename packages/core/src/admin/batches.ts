import type { Pace } from './walk-pace.ts';

/** Steps after which a batch is given and the time looked at. A step is a view made, or something looked at in vain. */
export const BATCH_STEPS = 16;
/** Steps of a turn, however much time there seems to be. */
export const TURN_STEPS = 16 * BATCH_STEPS;

function oneStep(): number {
  return 1;
}

function itself<View>(view: View): View {
  return view;
}

/** What `viewsInBatches` gives of a walk that makes the views itself. */
export function inBatches<View>(
  views: Iterable<View | null>,
  pace: Pace,
  weigh?: (view: View) => number,
): AsyncGenerator<readonly View[], void, undefined> {
  return viewsInBatches<View | null, View>(views, itself, pace, weigh);
}

/**
 * Cuts a walk into small batches and lets the event loop take a turn when the pace says so, so that a long list holds
 * nobody up; what is done with a batch counts as time of the walk. It begins in a turn of its own. No batch is empty. The
 * walk must bear that what it walks over changes during a turn.
 * @param viewOf  null: it is not to be listed
 * @param weigh   steps that a view cost; those of a heavy one end its batch
 */
export async function* viewsInBatches<Item, View>(
  items: Iterable<Item>,
  viewOf: (item: Item) => View | null,
  pace: Pace,
  weigh: (view: View) => number = oneStep,
): AsyncGenerator<readonly View[], void, undefined> {
  await pace.nextTurn();
  let batch: View[] = [];
  let steps = 0;
  let stepsOfTurn = 0;
  for (const item of items) {
    const view = viewOf(item);
    if (view !== null) batch.push(view);
    steps += view === null ? 1 : weigh(view);
    if (steps < BATCH_STEPS) continue;
    if (batch.length > 0) yield batch;
    batch = [];
    stepsOfTurn += steps;
    steps = 0;
    if (stepsOfTurn < TURN_STEPS && !pace.isSpent()) continue;
    stepsOfTurn = 0;
    await pace.nextTurn();
  }
  if (batch.length > 0) yield batch;
}
