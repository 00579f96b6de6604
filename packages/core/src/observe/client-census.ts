import type { ProtocolVersion } from '@nanomq-ts/codec';
import type { Connection } from '../connection/connection.ts';

/** Counts of clients, kept while they come and go so that nobody has to walk all sessions to know them. */
export class ClientCensus {
  /** Sessions with at least one subscription. */
  subscribers = 0;
  readonly #byProtocol = new Map<ProtocolVersion, number>([
    [3, 0],
    [4, 0],
    [5, 0],
  ]);
  readonly #byListener = new Map<string, number>();

  /** Connections online by protocol version; all versions are there. */
  get byProtocol(): ReadonlyMap<ProtocolVersion, number> {
    return this.#byProtocol;
  }

  /** Connections online by listener; one that has none any more stays with 0. */
  get byListener(): ReadonlyMap<string, number> {
    return this.#byListener;
  }

  /** A connection got its session. */
  entered(connection: Connection): void {
    this.#count(connection, 1);
  }

  /** A connection that had entered lost its session. */
  left(connection: Connection): void {
    this.#count(connection, -1);
  }

  #count({ protocolVersion, transport }: Connection, change: 1 | -1): void {
    this.#byProtocol.set(protocolVersion, (this.#byProtocol.get(protocolVersion) ?? 0) + change);
    this.#byListener.set(transport.listener, (this.#byListener.get(transport.listener) ?? 0) + change);
  }
}
