import { MqttError, ReasonCode } from '@nanomq-ts/codec';
import { addressKeyOf } from '../limits/address-key.ts';
import { DenialReason } from '../observe/denial-reason.ts';
import type { Shard } from '../shard.ts';
import type { Connection } from './connection.ts';
import { ConnectionState } from './connection-state.ts';
import { reasonCodeOf, sayWhy } from './refuse.ts';

/**
 * Ends a connection on our side: tells the peer why, sends what waits, closes. Nothing goes out after that
 * [MQTT-3.14.4-1] [MQTT-3.14.4-2] [MQTT-4.13.1-1] [MQTT-4.13.2-1].
 */
export function endConnection(connection: Connection, reasonCode: number, detail?: string): void {
  if (connection.state === ConnectionState.Ended) return;
  connection.shard.deliver.seal();
  sayWhy(connection, reasonCode, detail);
  leave(connection, reasonCode, true);
  connection.out.finish();
  connection.transport.end();
}

/** The peer said DISCONNECT, or nothing is left to say. @param sendWill  false after a normal DISCONNECT */
export function closeConnection(connection: Connection, reasonCode: number, sendWill: boolean): void {
  if (connection.state === ConnectionState.Ended) return;
  connection.shard.deliver.seal();
  leave(connection, reasonCode, sendWill);
  connection.out.finish();
  connection.transport.end();
}

/** Closes at once: nothing waits for a peer that never said CONNECT, and nobody waits for it to close as well. */
function cutConnection(connection: Connection): void {
  leave(connection, ReasonCode.KeepAliveTimeout, false);
  connection.out.finish();
  connection.transport.destroy();
}

/** The network connection is gone. */
export function connectionClosed(connection: Connection): void {
  const shard = connection.shard;
  if (connection.relay !== null) shard.relays.closed(connection.relay);
  if (connection.state !== ConnectionState.Ended) leave(connection, PEER_CLOSED, true);
  connection.out.close();
  shard.connectionGone(connection);
}

/** What the offline event says when the peer just closed or reset the connection. */
const PEER_CLOSED = ReasonCode.ServerShuttingDown;

/** An error out of a handler or the reader ends this connection and no other. [v3.1.1 MQTT-4.8.0-1] [v3.1.1 MQTT-4.8.0-2] */
export function faultIn(connection: Connection, error: unknown): void {
  const { counters, clientLog } = connection.shard;
  counters.fail(error instanceof MqttError ? error.code : 'INTERNAL');
  const fields = {
    clientId: connection.session?.clientId,
    remoteAddress: connection.transport.remoteAddress,
    err: error,
  };
  const { clientId, remoteAddress } = fields;
  const subject = clientId === undefined ? addressKeyOf(remoteAddress) : `client ${clientId}`;
  if (error instanceof MqttError)
    clientLog.info(subject, { ...fields, err: undefined, code: error.code }, error.message);
  else clientLog.error(subject, fields, 'a handler failed; the connection is closed');
  endConnection(connection, reasonCodeOf(error), error instanceof MqttError ? error.message : undefined);
}

/** What the client showed to come in holds no longer. */
export function credentialsEnded(connection: Connection): void {
  endConnection(connection, ReasonCode.NotAuthorized, 'the credentials have expired');
}

/** The connection's one timer: time to CONNECT first, keep alive afterwards. */
export function timerDueOn(connection: Connection, nowMs: number): void {
  const shard = connection.shard;
  if (connection.state === ConnectionState.Ended) return;
  // While we hold its input, silence is ours and not the client's; `isUnread` is the client's doing.
  const isOurs = connection.isHeld || connection.isPaced || connection.isAwaitingPeers;
  const dueMs = (isOurs ? nowMs : connection.lastPacketMs) + connection.keepAliveLimitMs;
  if (connection.state === ConnectionState.Connected && dueMs > nowMs) {
    shard.wheel.schedule(connection.timer, dueMs);
    return;
  }
  if (!shard.guard.timeouts.mayEnd(connection)) return;
  if (connection.state === ConnectionState.Opening) {
    timedOut(connection, DenialReason.ConnectTimeout, 'no CONNECT in time');
    cutConnection(connection);
    return;
  }
  if (connection.state === ConnectionState.Authenticating) {
    timedOut(connection, DenialReason.AuthenticationTimeout, 'authentication took too long');
    endConnection(connection, ReasonCode.ServerUnavailable, 'authentication took too long');
    return;
  }
  shard.counters.keepAliveTimeouts++;
  endConnection(connection, ReasonCode.KeepAliveTimeout, 'keep alive timeout'); // [MQTT-3.1.2-22]
}

function timedOut({ shard, transport }: Connection, reason: DenialReason, text: string): void {
  const { remoteAddress } = transport;
  shard.counters.connectionsRefused++;
  shard.counters.deny(reason);
  shard.clientLog.info(addressKeyOf(remoteAddress), { remoteAddress }, `refused: ${text}`);
}

function leave(connection: Connection, reasonCode: number, sendWill: boolean): void {
  const shard: Shard = connection.shard;
  const wasConnected = connection.state === ConnectionState.Connected;
  connection.state = ConnectionState.Ended;
  connection.reader.reset();
  connection.lastRoute = null;
  connection.grantedRoute = null;
  shard.wheel.cancel(connection.timer);
  if (connection.credentialsTimer !== null) shard.wheel.cancel(connection.credentialsTimer);
  connection.rate?.stop();
  shard.peers.forget(connection);
  shard.guard.unread.left(connection);
  if (!wasConnected) {
    shard.guard.handshakeOver(connection);
    shard.placements?.connectOver(connection);
  }
  if (wasConnected) shard.sessions.connectionLeft(connection, reasonCode, sendWill);
}
