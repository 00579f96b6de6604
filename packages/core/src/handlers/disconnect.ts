import { decodeControl, FrameVerdict, MqttError, ReasonCode } from '@nanomq-ts/codec';
import type { Connection } from '../connection/connection.ts';
import { closeConnection } from '../connection/lifecycle.ts';
import type { Session } from '../session/session.ts';
import type { Shard } from '../shard.ts';

/**
 * DISCONNECT from the client: the end of its connection; the will is dropped after a normal one only.
 * @param frame  a whole frame, borrowed for the call
 * @throws MqttError FORBIDDEN_PROPERTY (0x82) for a session expiry interval after 0 in CONNECT, and as `decodeControl`
 * @see MQTT 5.0, 3.14
 */
export function handleDisconnect(shard: Shard, connection: Connection, frame: Buffer): FrameVerdict {
  const packet = decodeControl(frame, connection.protocolVersion, shard.options);
  if (packet.type !== 'disconnect') throw new MqttError('MALFORMED_PACKET');
  const session = connection.session as Session;
  if (packet.sessionExpirySeconds !== undefined) {
    if (session.expirySeconds === 0 && packet.sessionExpirySeconds > 0) {
      throw new MqttError('FORBIDDEN_PROPERTY', { detail: 'session expiry was 0 in CONNECT' }); // 3.14.2.2.2
    }
    shard.sessions.setExpiry(session, packet.sessionExpirySeconds);
  }
  const sendWill = packet.reasonCode !== ReasonCode.Success; // [MQTT-3.14.4-3]
  closeConnection(connection, packet.reasonCode === ReasonCode.DisconnectWithWill ? 0 : packet.reasonCode, sendWill);
  return FrameVerdict.Stop;
}
