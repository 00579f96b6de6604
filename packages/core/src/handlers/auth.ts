import { decodeControl, type FrameVerdict, MqttError } from '@nanomq-ts/codec';
import type { Connection } from '../connection/connection.ts';
import type { Shard } from '../shard.ts';

/**
 * AUTH. No enhanced authentication is offered, so no client can have named a method in a CONNECT that was
 * accepted, and a client without one must not send AUTH. [MQTT-4.12.0-7]
 * @param frame  a whole frame, borrowed for the call
 * @throws MqttError always: AUTH_WITHOUT_METHOD (0x82), PACKET_TYPE_RESERVED (0x81) before 5.0, as `decodeControl`
 * @see MQTT 5.0, 3.15
 */
export function handleAuth(shard: Shard, connection: Connection, frame: Buffer): FrameVerdict {
  if (!connection.isVersion5) throw new MqttError('PACKET_TYPE_RESERVED', { detail: 'type 15 in MQTT 3.x' });
  decodeControl(frame, 5, shard.options);
  throw new MqttError('AUTH_WITHOUT_METHOD');
}
