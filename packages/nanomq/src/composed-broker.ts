import type { ListenerView } from '@nanomq-ts/admin';
import type { AccessRules } from '@nanomq-ts/auth';
import type { NanomqConfig } from '@nanomq-ts/config';
import type { AdminPort, Shard } from '@nanomq-ts/core';
import type { ListenerAddress } from './listeners/open-listeners.ts';
import type { PreparedChange } from './prepared-change.ts';

/** What serves the clients of a composition: a shard in this thread, or several in threads of their own. */
export interface ComposedBroker {
  /** The shard of this thread. With several it has no clients, and is told of what all have in common. */
  readonly shard: Shard;
  /** Users and rules; with several shards each has the same. */
  readonly access: AccessRules;
  readonly admin: AdminPort;
  /** Where the listeners are now; a reload may have changed them. */
  readonly addresses: readonly ListenerAddress[];
  /** The open listeners and their certificates, for who shows them; absent where nobody can tell. */
  listenerViews?(): Promise<readonly ListenerView[]>;
  /** Opens the listeners. @throws ListenError; those that could be opened stay open until `close` */
  listen(): Promise<readonly ListenerAddress[]>;
  /** @throws AuthError, ListenError; then nothing has changed */
  prepare(config: NanomqConfig): Promise<PreparedChange>;
  /** Closes the listeners and ends every connection with 0x8B; settles when all are gone. */
  close(): Promise<void>;
}
