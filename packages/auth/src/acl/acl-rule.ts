import type { SourcePlace } from '../auth-error.ts';
import type { AddressSet } from './address-set.ts';
import type { TopicEntry } from './topic-entry.ts';

/** What a rule says yes or no to. */
export type AclAction = 'publish' | 'subscribe' | 'pubsub';

/** Which clients a rule is for. */
export type ClientCondition =
  | { readonly kind: 'anyone' }
  | { readonly kind: 'username' | 'clientid'; readonly value: string }
  | { readonly kind: 'address'; readonly addresses: AddressSet }
  | { readonly kind: 'all' | 'any'; readonly of: readonly ClientCondition[] };

/** Who a client is, as far as rules ask. */
export interface ClientNames {
  readonly clientId: string;
  readonly username: string | undefined;
  readonly remoteAddress: string;
}

/** One checked rule. */
export interface AclRule {
  /** Position in the list, from 1. */
  readonly number: number;
  readonly permit: 'allow' | 'deny';
  readonly action: AclAction;
  readonly who: ClientCondition;
  /** Null: all topics. */
  readonly topics: readonly TopicEntry[] | null;
  /** Null: from no file. */
  readonly source: SourcePlace | null;
  /** The rule as JSON, fields in a fixed order: two rules with the same text are the same rule. */
  readonly text: string;
}

/** Whether the rule is for this client. */
export function appliesTo(condition: ClientCondition, client: ClientNames): boolean {
  switch (condition.kind) {
    case 'anyone':
      return true;
    case 'username':
      return client.username === condition.value;
    case 'clientid':
      return client.clientId === condition.value;
    case 'address':
      return condition.addresses.includes(client.remoteAddress);
    case 'all':
      return condition.of.every((one) => appliesTo(one, client));
    case 'any':
      return condition.of.some((one) => appliesTo(one, client));
    default:
      return condition satisfies never;
  }
}
