import { FrameVerdict, MqttError, PacketType, peekProtocolVersion, varintSize, writeVarint } from '@nanomq-ts/codec';
import type { Connection } from '../connection/connection.ts';
import { ConnectionState } from '../connection/connection-state.ts';
import type { Shard } from '../shard.ts';
import { handlePuback, handlePubcomp, handlePubrec, handlePubrel } from './acknowledgements.ts';
import { handleAuth } from './auth.ts';
import { handleConnect } from './connect.ts';
import { handleDisconnect } from './disconnect.ts';
import { handlePingreq } from './pingreq.ts';
import { handlePublish } from './publish.ts';
import { handleSubscribe } from './subscribe.ts';
import { handleUnsubscribe } from './unsubscribe.ts';

/**
 * The one switch on the packet type.
 * @param buf        `buf[start, end)` is a whole frame, borrowed for the call
 * @param bodyStart  offset of the first byte after the Remaining Length
 * @returns what the frame reader does next
 * @throws MqttError SECOND_CONNECT, PACKET_FROM_SERVER, PACKET_UNEXPECTED (0x82), PACKET_TYPE_RESERVED, MALFORMED_VARINT
 *   (0x81), and what the handlers throw; it ends the connection
 */
export function dispatch(
  shard: Shard,
  connection: Connection,
  buf: Buffer,
  start: number,
  bodyStart: number,
  end: number,
): FrameVerdict {
  if (bodyStart - start > 2 && isLengthPadded(start, bodyStart, end)) {
    return dispatchPadded(shard, connection, buf, start, bodyStart, end);
  }
  const type = buf[start]! >> 4;
  shard.counters.packetsReceived++;
  if (connection.state !== ConnectionState.Connected) return dispatchFirst(shard, connection, type, buf, start, end);
  switch (type) {
    case PacketType.Publish:
      return handlePublish(shard, connection, buf, start, bodyStart, end);
    case PacketType.Puback:
      return handlePuback(shard, connection, buf, start, bodyStart, end);
    case PacketType.Pubrec:
      return handlePubrec(shard, connection, buf, start, bodyStart, end);
    case PacketType.Pubrel:
      return handlePubrel(shard, connection, buf, start, bodyStart, end);
    case PacketType.Pubcomp:
      return handlePubcomp(shard, connection, buf, start, bodyStart, end);
    case PacketType.Pingreq:
      return handlePingreq(connection, buf, start, bodyStart, end);
    default:
      return dispatchControl(shard, connection, type, buf.subarray(start, end));
  }
}

/** The Remaining Length takes more bytes than it need. */
function isLengthPadded(start: number, bodyStart: number, end: number): boolean {
  return bodyStart - start > 1 + varintSize(end - bodyStart);
}

/**
 * MQTT 3.1.1 lets a client write it so, but whoever gets the message may be of MQTT 5.0 and take it for malformed: so
 * nobody behind this sees it. [MQTT-1.5.5-1]
 */
function dispatchPadded(
  shard: Shard,
  connection: Connection,
  buf: Buffer,
  start: number,
  bodyStart: number,
  end: number,
): FrameVerdict {
  if (connection.isVersion5) throw new MqttError('MALFORMED_VARINT', { detail: 'remaining length' });
  const length = end - bodyStart;
  const frame = Buffer.allocUnsafe(1 + varintSize(length) + length);
  frame[0] = buf[start]!;
  const body = writeVarint(frame, 1, length);
  buf.copy(frame, body, bodyStart, end);
  // The first packet tells the version by which it is judged.
  if (isConnectOf5(connection, frame)) {
    connection.isVersion5 = true;
    throw new MqttError('MALFORMED_VARINT', { detail: 'remaining length' });
  }
  return dispatch(shard, connection, frame, 0, body, frame.length);
}

function isConnectOf5(connection: Connection, frame: Buffer): boolean {
  const isFirst = connection.state === ConnectionState.Opening && frame[0]! >> 4 === PacketType.Connect;
  return isFirst && peekProtocolVersion(frame) === 5;
}

/** Everything that is not on the message path. What was published before it goes out before its answer. */
function dispatchControl(shard: Shard, connection: Connection, type: number, frame: Buffer): FrameVerdict {
  shard.deliver.seal();
  switch (type) {
    case PacketType.Subscribe:
      return handleSubscribe(shard, connection, frame);
    case PacketType.Unsubscribe:
      return handleUnsubscribe(shard, connection, frame);
    case PacketType.Disconnect:
      return handleDisconnect(shard, connection, frame);
    case PacketType.Auth:
      return handleAuth(shard, connection, frame);
    case PacketType.Connect:
      throw new MqttError('SECOND_CONNECT'); // [MQTT-3.1.0-2]
    case 0:
      throw new MqttError('PACKET_TYPE_RESERVED');
    default:
      throw new MqttError('PACKET_FROM_SERVER');
  }
}

/** The first packet must be CONNECT. [MQTT-3.1.0-1] */
function dispatchFirst(
  shard: Shard,
  connection: Connection,
  type: number,
  buf: Buffer,
  start: number,
  end: number,
): FrameVerdict {
  if (connection.state === ConnectionState.Ended) return FrameVerdict.Stop;
  if (type !== PacketType.Connect) throw notConnect();
  shard.deliver.seal();
  return handleConnect(shard, connection, buf.subarray(start, end));
}

/** Another first packet than CONNECT: closed without a word, as nobody knows what the peer speaks. */
export function notConnect(): MqttError {
  return new MqttError('PACKET_UNEXPECTED', { detail: 'the first packet is not CONNECT' });
}
