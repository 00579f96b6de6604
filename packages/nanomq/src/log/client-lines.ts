import type { Logger, Session, ShardEvents, Subscription } from '@nanomq-ts/core';

/**
 * A line of level `debug` for each client that comes, goes, subscribes or unsubscribes: what an operator switches on to
 * see what clients do. Not above `debug`, because clients could fill the log with it. Who is refused is the core's to say.
 */
export class ClientLines implements Partial<ShardEvents> {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  connected(session: Session): void {
    const { protocolVersion, cleanStart, keepAliveSeconds, connection } = session;
    const listener = connection?.transport.listener;
    const fields = { ...clientOf(session), listener, protocolVersion, cleanStart, keepAliveSeconds };
    this.#logger.debug(fields, 'client connected');
  }

  /** @param reasonCode  0 after DISCONNECT, else the cause (0x8b: the client closed or reset the connection) */
  disconnected(session: Session, reasonCode: number): void {
    this.#logger.debug({ ...clientOf(session), reasonCode: `0x${reasonCode.toString(16)}` }, 'client disconnected');
  }

  subscribed(session: Session, { topicFilter, qos }: Subscription): void {
    this.#logger.debug({ ...clientOf(session), topicFilter, qos }, 'client subscribed');
  }

  unsubscribed(session: Session, topicFilter: string): void {
    this.#logger.debug({ ...clientOf(session), topicFilter }, 'client unsubscribed');
  }
}

function clientOf({ clientId, username, remoteAddress }: Session) {
  return { clientId, username, remoteAddress };
}
