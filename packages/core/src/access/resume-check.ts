import { ReasonCode } from '@nanomq-ts/codec';
import type { Principal } from '../ports/access.ts';
import { dropReplay } from '../retained/replay.ts';
import { dropRevokedMessages } from '../session/revoked-messages.ts';
import type { Session } from '../session/session.ts';
import type { Shard } from '../shard.ts';

/** Topic filters whose grant is gone. */
export type Revoked = ReadonlySet<string>;

/** For who has nothing to lose. */
export const NOTHING_REVOKED: Revoked = new Set();

/**
 * Asks for the subscriptions of a session that is about to be resumed, as if its client had just sent SUBSCRIBE.
 * @param principal  the client as it is now
 * @returns the filters refused; a filter whose question fails is refused, too
 */
export function revokedOf(shard: Shard, principal: Principal, session: Session): Revoked | Promise<Revoked> {
  const { subscriptions } = session;
  if (shard.access.checksResume !== true || subscriptions === null || subscriptions.size === 0) return NOTHING_REVOKED;
  const filters = [...subscriptions.keys()];
  const answers = filters.map((topicFilter) => ask(shard, principal, topicFilter));
  if (answers.every((answer) => typeof answer === 'number')) return refusedOf(filters, answers);
  return Promise.all(answers).then((codes) => {
    // The session's former connection may have subscribed meanwhile.
    const isComplete = [...(session.subscriptions?.keys() ?? [])].every((topicFilter) => filters.includes(topicFilter));
    return isComplete ? refusedOf(filters, codes) : revokedOf(shard, principal, session);
  });
}

function ask(shard: Shard, principal: Principal, topicFilter: string): number | Promise<number> {
  const failed = (err: unknown): number => {
    shard.logger.error({ clientId: principal.clientId, err }, 'a subscription could not be checked; it ends');
    return ReasonCode.ImplementationSpecificError;
  };
  try {
    const answer = shard.access.subscribe(principal, topicFilter);
    return typeof answer === 'number' ? answer : answer.catch(failed);
  } catch (error) {
    return failed(error);
  }
}

function refusedOf(filters: readonly string[], codes: readonly number[]): Revoked {
  return new Set(filters.filter((_, i) => !((codes[i] as number) < ReasonCode.UnspecifiedError)));
}

/**
 * A session is resumed, before anything goes out: subscriptions whose grant is gone end, and what waits is looked
 * through, since the client may have come back as somebody with other rights.
 */
export function endRevoked(shard: Shard, session: Session, revoked: Revoked): void {
  let ended = 0;
  for (const topicFilter of revoked) {
    dropReplay(session, topicFilter);
    if (shard.sessions.unsubscribe(session, topicFilter)) ended++;
  }
  if (ended > 0 || shard.receiveCheck.isOn) dropRevokedMessages(shard, session, true, ended > 0);
  if (ended === 0) return;
  const { clientId } = session;
  shard.clientLog.info(`client ${clientId}`, { clientId, ended }, 'subscriptions ended: their grant is gone');
}
