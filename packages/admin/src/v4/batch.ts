import { performance } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Response } from 'express';
import { toApiError } from '../http/error-reply.ts';
import { streamJsonArray } from '../http/json-stream.ts';
import { inBatches } from './answer-list.ts';
import type { BatchItem } from './publish-schemas.ts';

/** Work of a batch before the event loop gets a turn, in milliseconds. */
const TURN_MS = 4;

/** An order of a batch: `run` throws what refuses it. */
export interface BatchOrder {
  readonly topic: string;
  readonly clientid?: string;
  readonly run: () => Promise<void>;
}

/**
 * Carries out every item of a batch in order, each for itself, and answers with a code for every topic.
 * @param ordersOf  the orders of an item; throws when the item cannot be read
 * @throws what is no refusal: a fault of the broker
 */
export async function answerBatch(
  response: Response,
  items: readonly unknown[],
  ordersOf: (item: unknown) => readonly BatchOrder[],
): Promise<void> {
  const outcomes: BatchItem[] = [];
  let turnEndsAt = performance.now() + TURN_MS;
  for (const item of items) {
    for (const order of readOrders(item, ordersOf)) {
      outcomes.push(await outcomeOf(order));
      if (performance.now() < turnEndsAt) continue;
      await nextTurn();
      turnEndsAt = performance.now() + TURN_MS;
    }
  }
  await streamJsonArray(response, '{"code":0,"data":', inBatches(outcomes), '}', (outcome) => outcome);
}

function readOrders(item: unknown, ordersOf: (item: unknown) => readonly BatchOrder[]): readonly BatchOrder[] {
  try {
    return ordersOf(item);
  } catch (error) {
    const run = (): Promise<void> => Promise.reject(error);
    return [{ topic: topicTextOf(item), run }];
  }
}

async function outcomeOf({ topic, clientid, run }: BatchOrder): Promise<BatchItem> {
  const about = clientid === undefined ? { topic } : { topic, clientid };
  try {
    await run();
    return { ...about, code: 0 };
  } catch (error) {
    const refusal = toApiError(error);
    // A shard that does not answer is no property of the item.
    if (refusal === null || refusal.status >= 500) throw error;
    return { ...about, code: refusal.code, msg: refusal.message };
  }
}

function topicTextOf(item: unknown): string {
  const { topic, topics } = (item ?? {}) as { readonly topic?: unknown; readonly topics?: unknown };
  if (typeof topic === 'string') return topic;
  return typeof topics === 'string' ? topics : '';
}
