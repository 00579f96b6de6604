import type { NanomqConfig } from '@nanomq-ts/config';
import type { HttpAddress } from '../compose-main.ts';
import type { ListenerAddress } from '../listeners/open-listeners.ts';
import type { PreparedChange } from '../prepared-change.ts';

/** Where a running broker is reached. */
export interface RunningAddresses {
  readonly listeners: readonly ListenerAddress[];
  /** Null without the HTTP API. */
  readonly http: HttpAddress | null;
}

/** What the process needs of a composition; `MainComposition` is one. */
export interface RunnableBroker {
  /** Where the listeners are now; a reload may change them. */
  readonly addresses: readonly ListenerAddress[];
  /** Null until `listen` has settled, and without the HTTP API. */
  readonly httpAddress: HttpAddress | null;
  listen(): Promise<readonly ListenerAddress[]>;
  /** Checks and makes ready what of `config` can be; rejects, and then nothing has changed. */
  prepare(config: NanomqConfig): Promise<PreparedChange>;
  close(): Promise<void>;
}
