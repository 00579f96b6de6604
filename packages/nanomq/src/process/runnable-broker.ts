import type { NanomqConfig } from '@nanomq-ts/config';
import type { HttpAddress, ListenerAddress } from '../compose-main.ts';

/** Where a running broker is reached. */
export interface RunningAddresses {
  readonly listeners: readonly ListenerAddress[];
  /** Null without the HTTP API. */
  readonly http: HttpAddress | null;
}

/** What the process needs of a composition; `MainComposition` is one. */
export interface RunnableBroker {
  /** Null until `listen` has settled, and without the HTTP API. */
  readonly httpAddress: HttpAddress | null;
  listen(): Promise<readonly ListenerAddress[]>;
  apply(config: NanomqConfig): void;
  close(): Promise<void>;
}
