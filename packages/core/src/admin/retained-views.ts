import { PublishFrame } from '@nanomq-ts/codec';
import { parseLocalTopicFilter } from '../local/local-topic.ts';
import type { RetainedView } from '../ports/admin.ts';
import { isExpired, type RetainedMessage } from '../retained/retained-message.ts';
import type { RetainedMessages } from '../retained/retained-messages.ts';
import type { ParsedFilter } from '../topics/topic-filter.ts';
import { type TopicKey, textOfTopicKey, topicKeyOf } from '../topics/topic-key.ts';
import { AdminError } from './admin-error.ts';
import { refusedAs } from './refused-as.ts';

/** Payload bytes that weigh as much as looking at one more message. */
const BYTES_A_STEP = 10_240;

/** What a view cost, for `inBatches`: so many large payloads are not copied in one turn. */
export function retainedSteps({ payload }: RetainedView): number {
  return 1 + payload.length / BYTES_A_STEP;
}

/**
 * The filter of an order about retained messages.
 * @throws AdminError INVALID_FILTER; also for a shared subscription, which gets no retained messages
 */
export function parseRetainedFilter(topicFilter: string, maxLevels: number): ParsedFilter {
  const parsed = refusedAs('INVALID_FILTER', () => parseLocalTopicFilter(topicFilter, maxLevels));
  if (parsed.shareName === '') return parsed;
  throw new AdminError('INVALID_FILTER', 'a shared subscription has no retained messages');
}

/** The retained message of a topic name, as far as it has not expired. */
export function retainedMessage(
  messages: RetainedMessages,
  topicName: string,
  nowMs: number,
): RetainedView | undefined {
  const topicKey = topicKeyOf(topicName);
  const message = messages.get(topicKey);
  return message === undefined || isExpired(message, nowMs) ? undefined : retainedView(topicKey, message);
}

/** Views of what the filter matches; null for a level of a name where none stands. May be held over turns. */
export function* retainedViews(
  messages: RetainedMessages,
  parsed: ParsedFilter,
  nowMs: () => number,
): Generator<RetainedView | null, void, undefined> {
  for (const found of retainedTopics(messages, parsed, nowMs)) {
    const message = found === null ? undefined : messages.get(found);
    yield found === null || message === undefined ? null : retainedView(found, message);
  }
}

/** The topic keys of what the filter matches, as `retainedViews`; the one given last may be deleted meanwhile. */
export function* retainedTopics(
  messages: RetainedMessages,
  { filter, hasWildcard }: ParsedFilter,
  nowMs: () => number,
): Generator<TopicKey | null, void, undefined> {
  const walk = messages.walk(topicKeyOf(filter), hasWildcard);
  for (let hasMore = true; hasMore; ) {
    let found: TopicKey | null = null;
    hasMore = walk.advance(1, (topicKey, message) => {
      if (!isExpired(message, nowMs())) found = topicKey;
    });
    yield found;
  }
}

function retainedView(topicKey: TopicKey, message: RetainedMessage): RetainedView {
  const { frame, bodyStart, isVersion5, deadlineMs } = message;
  const publish = new PublishFrame();
  publish.parse(frame, 0, bodyStart, frame.length, isVersion5);
  return {
    topicName: textOfTopicKey(topicKey),
    qos: publish.qos,
    payload: Buffer.from(frame.subarray(publish.payloadStart)),
    expiresAtMs: deadlineMs > 0 ? deadlineMs : Infinity,
  };
}
