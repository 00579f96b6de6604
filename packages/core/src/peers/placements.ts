import { FrameVerdict, ReasonCode } from '@nanomq-ts/codec';
import type { Connection } from '../connection/connection.ts';
import { ConnectionState } from '../connection/connection-state.ts';
import { endConnection } from '../connection/lifecycle.ts';
import type { Directory } from '../ports/directory.ts';
import type { Shard } from '../shard.ts';

/** Goes on with a CONNECT whose client identifier belongs to this shard. */
type GoOn = () => FrameVerdict;

/**
 * Where sessions live. Every CONNECT asks the directory for its client identifier; a session that lives on another shard
 * gets its connection relayed there. An identifier is given back when neither a session nor a CONNECT of it is left.
 */
export class Placements {
  readonly #shard: Shard;
  readonly #directory: Directory;
  /** Client identifier -> CONNECTs that have not become a session yet. */
  readonly #open = new Map<string, number>();

  constructor(shard: Shard, directory: Directory) {
    this.#shard = shard;
    this.#directory = directory;
  }

  /**
   * @param frame     the CONNECT, borrowed for the call
   * @param isOurs    the identifier was assigned by the broker: one that lives elsewhere will not do
   * @returns Suspend; `goOn` follows when the identifier is this shard's, `reassign` when it should have been
   */
  place(connection: Connection, clientId: string, frame: Buffer, goOn: GoOn, reassign: GoOn | null): FrameVerdict {
    const bytes = Buffer.from(frame);
    connection.claimedId = clientId;
    connection.state = ConnectionState.Authenticating;
    this.#open.set(clientId, (this.#open.get(clientId) ?? 0) + 1);
    return connection.suspend(this.#directory.claim(clientId), (shardId) => {
      if (shardId === this.#shard.shardId) return goOn();
      this.connectOver(connection);
      return reassign === null ? this.#relay(connection, shardId, bytes) : reassign();
    });
  }

  /** The CONNECT has become a session, or nothing. */
  connectOver(connection: Connection): void {
    const clientId = connection.claimedId;
    if (clientId === null) return;
    connection.claimedId = null;
    const others = (this.#open.get(clientId) as number) - 1;
    if (others > 0) {
      this.#open.set(clientId, others);
      return;
    }
    this.#open.delete(clientId);
    if (this.#shard.sessions.find(clientId) === undefined) this.#directory.release(clientId);
  }

  sessionEnded(clientId: string): void {
    if (!this.#open.has(clientId)) this.#directory.release(clientId);
  }

  #relay(connection: Connection, shardId: number, connect: Buffer): FrameVerdict {
    const { peers, relays, guard, wheel } = this.#shard;
    const peer = peers.find(shardId);
    if (peer === undefined) {
      endConnection(connection, ReasonCode.ServerUnavailable, 'the shard of the session is gone');
      return FrameVerdict.Stop;
    }
    guard.handshakeOver(connection);
    wheel.cancel(connection.timer);
    connection.state = ConnectionState.Relayed;
    connection.relay = relays.make(connection, peer);
    connection.relay.open(connect, connection.reader.takeHeld());
    connection.transport.resume();
    return FrameVerdict.Stop;
  }
}
