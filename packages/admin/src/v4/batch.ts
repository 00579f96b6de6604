import type { Response } from 'express';
import { toApiError } from '../http/error-reply.ts';
import { jsonRows } from '../http/json-rows.ts';
import { streamJsonArray } from '../http/json-stream.ts';
import { inBatches } from './answer-list.ts';
import { inTurns } from './in-turns.ts';
import type { BatchItem } from './publish-schemas.ts';

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
  await inTurns(ordersIn(items, ordersOf), async (order) => void outcomes.push(await outcomeOf(order)));
  await streamJsonArray(
    response,
    '{"code":0,"data":',
    inBatches(outcomes),
    '}',
    jsonRows((outcome) => outcome),
  );
}

function* ordersIn(
  items: readonly unknown[],
  ordersOf: (item: unknown) => readonly BatchOrder[],
): Generator<BatchOrder> {
  for (const item of items) yield* readOrders(item, ordersOf);
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
