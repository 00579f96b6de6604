import type { ConnectPacket, ProtocolVersion, Qos } from '@nanomq-ts/codec';
import type { Logger, Session, ShardEvents, Subscription } from '@nanomq-ts/core';

/** Who an event is about. */
export interface EventClient {
  readonly clientId: string;
  readonly username: string | undefined;
  readonly remoteAddress: string;
}

/** What each event tells. */
export interface BrokerEventMap {
  readonly clientConnected: EventClient & {
    readonly protocolVersion: ProtocolVersion;
    readonly cleanStart: boolean;
    /** As the broker holds it; 0 = none. */
    readonly keepAliveSeconds: number;
  };
  /** `reasonCode` is 0 after DISCONNECT, else the cause (0x8b: the client closed or reset the connection). */
  readonly clientDisconnected: EventClient & { readonly reasonCode: number };
  readonly connectRefused: EventClient & { readonly reasonCode: number };
  /** `topicFilter` as the client wrote it, with `$share/name/`. */
  readonly subscribed: EventClient & { readonly topicFilter: string; readonly qos: Qos };
  /** By UNSUBSCRIBE; a session that ends takes its subscriptions along without a word. */
  readonly unsubscribed: EventClient & { readonly topicFilter: string };
}

/** The name of an event. */
export type BrokerEventName = keyof BrokerEventMap;

/** Is told of one kind of event. */
export type BrokerEventListener<N extends BrokerEventName> = (event: BrokerEventMap[N]) => void;

type AnyListener = (event: BrokerEventMap[BrokerEventName]) => void;

/** Hands what happens to clients to the program. A listener that throws is logged and disturbs nobody. */
export class BrokerEvents implements ShardEvents {
  readonly #listeners = new Map<BrokerEventName, readonly AnyListener[]>();
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** @returns what takes the listener off again */
  on<N extends BrokerEventName>(name: N, listener: BrokerEventListener<N>): () => void {
    // One of its own, so that the same function given twice is two listeners.
    const entry: AnyListener = (event) => listener(event as BrokerEventMap[N]);
    this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), entry]);
    return () => {
      const left = (this.#listeners.get(name) ?? []).filter((each) => each !== entry);
      this.#listeners.set(name, left);
    };
  }

  connected(session: Session): void {
    const { protocolVersion, cleanStart, keepAliveSeconds } = session;
    this.#emit('clientConnected', () => ({ ...clientOf(session), protocolVersion, cleanStart, keepAliveSeconds }));
  }

  disconnected(session: Session, reasonCode: number): void {
    this.#emit('clientDisconnected', () => ({ ...clientOf(session), reasonCode }));
  }

  connectRefused({ username }: ConnectPacket, clientId: string, remoteAddress: string, reasonCode: number): void {
    this.#emit('connectRefused', () => ({ clientId, username, remoteAddress, reasonCode }));
  }

  subscribed(session: Session, { topicFilter, qos }: Subscription): void {
    this.#emit('subscribed', () => ({ ...clientOf(session), topicFilter, qos }));
  }

  unsubscribed(session: Session, topicFilter: string): void {
    this.#emit('unsubscribed', () => ({ ...clientOf(session), topicFilter }));
  }

  #emit<N extends BrokerEventName>(name: N, describe: () => BrokerEventMap[N]): void {
    const listeners = this.#listeners.get(name);
    if (listeners === undefined || listeners.length === 0) return;
    const event = describe();
    for (const listener of listeners) {
      try {
        listener(event);
      } catch (error) {
        this.#logger.error({ err: error, event: name }, 'a listener of the program failed');
      }
    }
  }
}

function clientOf({ clientId, username, remoteAddress }: Session): EventClient {
  return { clientId, username, remoteAddress };
}
