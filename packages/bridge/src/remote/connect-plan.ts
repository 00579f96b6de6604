import type { BridgeOptions } from '../bridge-options.ts';
import type { BridgeSeat } from '../bridge-seat.ts';
import { connectPacket } from './connect-packet.ts';
import type { ConnectPlan } from './connect-remotes.ts';
import type { Credentials } from './credentials.ts';
import type { ServerAddress } from './server-url.ts';

/** What an attempt to connect starts from. */
export interface AttemptStart {
  readonly server: ServerAddress;
  readonly credentials: Credentials;
  readonly clientId: string;
  readonly usesBridgeBit: boolean;
  /** The bridge has been connected before. */
  readonly wasConnected: boolean;
}

/** One attempt of a bridge: the CONNECT of each of its connections, and where they go. */
export function connectPlan(seat: BridgeSeat, options: BridgeOptions, start: AttemptStart): ConnectPlan {
  const { openStream, shard, brokerId, clock } = seat;
  const { tls, tcp, answerTimeoutMs, connect, connections, protocolVersion } = options;
  const { receiveMaximum, maxPacketBytes } = shard.options;
  const keepsSession = protocolVersion === 5 && connect.sessionExpirySeconds > 0;
  const connects = Array.from({ length: connections }, (_, i) =>
    connectPacket(options, {
      clientId: i === 0 ? start.clientId : `${start.clientId}-${i + 1}`,
      credentials: start.credentials,
      // A session that outlives the connection begins anew with the bridge, not with each of its connections.
      cleanStart: options.cleanStart && !(keepsSession && start.wasConnected),
      isBridge: start.usesBridgeBit,
      withWill: i === 0,
      receiveMaximum,
      maxPacketBytes,
      brokerId,
    }),
  );
  const target = { server: start.server, tls, tcp, timeoutMs: answerTimeoutMs };
  return { openStream, nowMs: () => clock.nowMs(), terms: { target, answerTimeoutMs, maxPacketBytes }, connects };
}
