import type { Connection } from '../connection/connection.ts';
import { ConnectionState } from '../connection/connection-state.ts';

/** An honest client sends its CONNECT with the next packet; this leaves time for a slow network. Milliseconds. */
const SILENCE_GRACE_MS = 1000;

/** The network connections that have no CONNACK yet, oldest first. */
export class Handshakes {
  readonly #open = new Set<Connection>();

  get size(): number {
    return this.#open.size;
  }

  begun(connection: Connection): void {
    this.#open.add(connection);
  }

  over(connection: Connection): void {
    this.#open.delete(connection);
  }

  /**
   * The connection that must give way to a new one: the oldest that has not said CONNECT for a second. So a crowd
   * that never speaks holds no place for longer than that against clients that do.
   * @returns null when there is none
   */
  oldestSilent(nowMs: number): Connection | null {
    for (const connection of this.#open) {
      if (nowMs - connection.lastPacketMs < SILENCE_GRACE_MS) return null;
      if (connection.state === ConnectionState.Opening) return connection;
    }
    return null;
  }
}
