import type {
  AdminEvent,
  AdminPublish,
  ClientCriteria,
  ClientSubscriptions,
  ClientSummary,
  ClientView,
  SubscriptionCriteria,
  SubscriptionView,
} from '@nanomq-ts/core';

/** A list that is asked for, batch by batch. */
export type AdminList =
  | { readonly name: 'clients'; readonly criteria: ClientCriteria }
  | { readonly name: 'clientSummaries' }
  | { readonly name: 'clientSubscriptions' }
  | { readonly name: 'subscriptions'; readonly criteria: SubscriptionCriteria };

/** What the main thread asks the administration of a shard. */
export type AdminQuestion =
  | { readonly kind: 'figures' }
  /** Answered with the number of the list. */
  | { readonly kind: 'openList'; readonly list: AdminList }
  /** Answered with the next batch, null at the end. */
  | { readonly kind: 'nextBatch'; readonly listId: number }
  | { readonly kind: 'closeList'; readonly listId: number }
  | { readonly kind: 'kick'; readonly clientId: string }
  | {
      readonly kind: 'subscribe';
      readonly clientId: string;
      readonly topicFilter: string;
      readonly qos: SubscriptionView['qos'];
    }
  | { readonly kind: 'unsubscribe'; readonly clientId: string; readonly topicFilter: string }
  | { readonly kind: 'publish'; readonly message: AdminPublish }
  /** Events are told from now on, or not any more. */
  | { readonly kind: 'events'; readonly isOn: boolean };

/** A batch of whichever list. */
export type AdminBatch = readonly (ClientView | ClientSummary | ClientSubscriptions | SubscriptionView)[];

/** Only what a shard alone knows: drops are taken from the figures. */
export type ToldEvent = Exclude<AdminEvent, { readonly type: 'dropped' }>;
