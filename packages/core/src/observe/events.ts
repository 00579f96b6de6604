import type { ConnectPacket } from '@nanomq-ts/codec';
import type { Session } from '../session/session.ts';
import type { Subscription } from '../session/subscription.ts';

/** What happens to clients, for whoever wants to know: event topics, the embedder, the admin API. */
export interface ShardEvents {
  connected(session: Session): void;
  /** `reasonCode` is 0 after DISCONNECT, else the cause (0x8b: the peer closed or reset the connection). */
  disconnected(session: Session, reasonCode: number): void;
  connectRefused(connect: ConnectPacket, clientId: string, remoteAddress: string, reasonCode: number): void;
  subscribed(session: Session, subscription: Subscription): void;
  unsubscribed(session: Session, topicFilter: string): void;
}

/** Passes each event to every listener; a listener that throws is logged and does not disturb the others. */
export class EventFanOut implements ShardEvents {
  readonly #listeners: Partial<ShardEvents>[] = [];
  readonly #failed: (error: unknown) => void;

  constructor(failed: (error: unknown) => void) {
    this.#failed = failed;
  }

  /** Adds a listener, called after those added before, at once and while it happens. */
  add(listener: Partial<ShardEvents>): void {
    this.#listeners.push(listener);
  }

  connected(session: Session): void {
    this.#each((listener) => listener.connected?.(session));
  }

  disconnected(session: Session, reasonCode: number): void {
    this.#each((listener) => listener.disconnected?.(session, reasonCode));
  }

  connectRefused(connect: ConnectPacket, clientId: string, remoteAddress: string, reasonCode: number): void {
    this.#each((listener) => listener.connectRefused?.(connect, clientId, remoteAddress, reasonCode));
  }

  subscribed(session: Session, subscription: Subscription): void {
    this.#each((listener) => listener.subscribed?.(session, subscription));
  }

  unsubscribed(session: Session, topicFilter: string): void {
    this.#each((listener) => listener.unsubscribed?.(session, topicFilter));
  }

  #each(tell: (listener: Partial<ShardEvents>) => void): void {
    for (const listener of this.#listeners) {
      try {
        tell(listener);
      } catch (error) {
        this.#failed(error);
      }
    }
  }
}
