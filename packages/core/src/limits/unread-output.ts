import type { Connection } from '../connection/connection.ts';
import { ConnectionState } from '../connection/connection-state.ts';
import type { Shard } from '../shard.ts';

/** So many times `maxOutBufferBytes` may wait for a client that goes on sending. */
const PAUSED_AT = 2;

/**
 * Clients that send and do not read. What they are answered (acknowledgements, PINGRESP, SUBACK) is never dropped, so it
 * would pile up for as long as they go on: such a client is read no further while more than twice `maxOutBufferBytes`
 * wait for it, until it has taken half of that. A slow reader of a large message is none of them: the largest that waits
 * does not count. That a client takes bytes is a sign of life meanwhile, since we do not read its others; who takes none
 * runs out of its keep alive.
 */
export class UnreadOutput {
  readonly #shard: Shard;
  /** With the bytes that waited at the last look. */
  readonly #waiting = new Map<Connection, number>();

  constructor(shard: Shard) {
    this.#shard = shard;
  }

  /** A chunk of the client was handled, and its transport has not taken everything. */
  chunkHandled(connection: Connection): void {
    const { options, counters, clientLog } = this.#shard;
    const { session } = connection;
    if (connection.isUnread || connection.state !== ConnectionState.Connected || session === null) return;
    const bytes = connection.out.waitingBytes;
    if (bytes - connection.out.largestWaitingBytes <= options.maxOutBufferBytes * PAUSED_AT) return;
    this.#waiting.set(connection, bytes);
    connection.isUnread = true;
    connection.transport.pause();
    counters.unreadPauses++;
    const { clientId } = session;
    clientLog.info(`client ${clientId}`, { clientId, bytes }, 'reading pauses: the client does not read its answers');
  }

  /** The connection ends. */
  left(connection: Connection): void {
    if (this.#waiting.size > 0) this.#waiting.delete(connection);
  }

  tick(nowMs: number): void {
    for (const [connection, before] of this.#waiting) {
      const bytes = connection.out.waitingBytes;
      if (bytes < before) connection.lastPacketMs = nowMs;
      if (connection.isCongested) {
        this.#waiting.set(connection, bytes);
        continue;
      }
      this.#waiting.delete(connection);
      connection.outputRead();
    }
  }
}
