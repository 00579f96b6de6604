import { type Qos, ReasonCode } from '@nanomq-ts/codec';
import { endConnection } from '../connection/lifecycle.ts';
import { parseLocalTopicFilter } from '../local/local-topic.ts';
import type { ClientOrderFailure } from '../ports/admin.ts';
import { dropReplay } from '../retained/replay.ts';
import type { Session } from '../session/session.ts';
import type { Shard } from '../shard.ts';
import { AdminError } from './admin-error.ts';
import { refusedAs } from './refused-as.ts';

/** Ends the connection of a client with 0x98 Administrative action; the session ends as its expiry says. */
export function kickClient(shard: Shard, clientId: string): 'kicked' | ClientOrderFailure {
  const session = shard.sessions.find(clientId);
  if (session === undefined) return 'unknown-client';
  if (session.connection === null) return 'offline';
  shard.turn.begin();
  endConnection(session.connection, ReasonCode.AdministrativeAction, 'disconnected by an administrator');
  return 'kicked';
}

/**
 * Subscribes a session as if its client had sent SUBSCRIBE, save that Access is not asked: the subscription replaces
 * one with the same filter [MQTT-3.8.4-3] and brings the retained messages [MQTT-3.3.1-9], to a client that is offline
 * when it is back.
 * @returns settles when the other shards have been told and what must be durable is safe
 * @throws AdminError (rejects) INVALID_FILTER, also when the session has as many subscriptions as it may
 */
export async function subscribeClient(
  shard: Shard,
  clientId: string,
  topicFilter: string,
  qos: Qos,
): Promise<'subscribed' | 'unknown-client'> {
  const { sessions, options, peers, retained, turn, deliver } = shard;
  const parsed = refusedAs('INVALID_FILTER', () => parseLocalTopicFilter(topicFilter, options.maxTopicLevels));
  const session = sessions.find(clientId);
  if (session === undefined) return 'unknown-client';
  if (session.subscriptions?.has(topicFilter) !== true && isFull(session, options.maxSubscriptions)) {
    throw new AdminError('INVALID_FILTER', `the client has ${options.maxSubscriptions} subscriptions, the most it may`);
  }
  turn.begin();
  // What was published before goes out before the retained messages.
  deliver.seal();
  const request = { topicFilter, qos, noLocal: false, retainAsPublished: false, retainHandling: 0 } as const;
  const subscription = sessions.subscribe(session, request, parsed, 0);
  if (parsed.shareName === '') retained.replay(session.connection, subscription);
  await peers.whenRoom();
  await shard.gate.whenSafe();
  return 'subscribed';
}

/** Ends a subscription as if the client had sent UNSUBSCRIBE. Settles when what must be durable is safe. */
export async function unsubscribeClient(
  shard: Shard,
  clientId: string,
  topicFilter: string,
): Promise<'unsubscribed' | 'unknown-client' | 'unknown-filter'> {
  const session = shard.sessions.find(clientId);
  if (session === undefined) return 'unknown-client';
  shard.turn.begin();
  if (!shard.sessions.unsubscribe(session, topicFilter)) return 'unknown-filter';
  dropReplay(session, topicFilter);
  await shard.gate.whenSafe();
  return 'unsubscribed';
}

function isFull({ subscriptions }: Session, limit: number): boolean {
  return limit > 0 && subscriptions !== null && subscriptions.size >= limit;
}
