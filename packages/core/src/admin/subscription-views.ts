import type { ClientSubscriptions, SubscriptionCriteria, SubscriptionView } from '../ports/admin.ts';
import type { Session } from '../session/session.ts';
import type { SessionRegistry } from '../session/session-registry.ts';
import type { Subscription } from '../session/subscription.ts';
import { sessionsFor } from './client-views.ts';

/** What is shown of a subscription now. */
export function subscriptionView(subscription: Subscription): SubscriptionView {
  const { session, topicFilter, qos, noLocal, retainAsPublished, subscriptionIdentifier } = subscription;
  return { clientId: session.clientId, topicFilter, qos, noLocal, retainAsPublished, subscriptionIdentifier };
}

/**
 * The subscriptions that meet the criteria, by session and in the order they were made; null for the rest and for each
 * session. May be walked over turns.
 */
export function* subscriptionsOf(
  sessions: SessionRegistry,
  criteria: SubscriptionCriteria,
): Generator<Subscription | null, void, undefined> {
  for (const session of sessionsFor(sessions, criteria.clientId)) {
    yield null;
    for (const subscription of candidates(session, criteria)) {
      // It may have gone during a turn.
      const isThere = session.subscriptions?.get(subscription.topicFilter) === subscription;
      yield isThere && meets(subscription, criteria) ? subscription : null;
    }
  }
}

/** A client with its subscriptions; null when it has none. */
export function clientSubscriptions({ clientId, subscriptions }: Session): ClientSubscriptions | null {
  if (subscriptions === null || subscriptions.size === 0) return null;
  return { clientId, subscriptions: [...subscriptions.values()].map(subscriptionView) };
}

function candidates({ subscriptions }: Session, { topicFilter }: SubscriptionCriteria): readonly Subscription[] {
  if (subscriptions === null) return [];
  // Not the live ones: who unsubscribes and subscribes again would be listed twice.
  if (topicFilter === undefined) return [...subscriptions.values()];
  const subscription = subscriptions.get(topicFilter);
  return subscription === undefined ? [] : [subscription];
}

function meets(subscription: Subscription, { qos, shareName }: SubscriptionCriteria): boolean {
  return (
    (qos === undefined || qos === subscription.qos) &&
    (shareName === undefined || shareName === shareNameOf(subscription))
  );
}

/** '' when it is not shared. */
function shareNameOf({ group, topicFilter }: Subscription): string {
  return group === null ? '' : (topicFilter.split('/', 2)[1] as string);
}
