import { AckHeader, DUP_BIT, FrameVerdict, ReasonCode } from '@nanomq-ts/codec';
import type { Connection } from '../connection/connection.ts';
import type { Session } from '../session/session.ts';
import type { Shard } from '../shard.ts';

/** Reason codes from here on are failures. */
const FIRST_FAILURE = 0x80;

/**
 * PUBACK ends a QoS 1 flow, whatever its reason code. [MQTT-4.3.2-3] [MQTT-4.4.0-2]
 * @param buf  `buf[start, end)` is a whole frame, borrowed for the call; `bodyStart` follows its Remaining Length
 * @throws MqttError as `AckFrame.parse`; an identifier that is not in use is only counted
 * @see MQTT 5.0, 3.4
 */
export function handlePuback(
  shard: Shard,
  connection: Connection,
  buf: Buffer,
  start: number,
  bodyStart: number,
  end: number,
): FrameVerdict {
  const ack = shard.ack;
  ack.parse(buf, start, bodyStart, end, connection.isVersion5);
  if (!shard.outbound.puback(connection.session as Session, ack.packetId)) shard.counters.unknownAcknowledgements++;
  return FrameVerdict.Continue;
}

/**
 * PUBREC is answered with PUBREL [MQTT-4.3.3-4]; a failure ends the flow [MQTT-4.3.3-3] [MQTT-4.4.0-2].
 * Arguments and errors as `handlePuback`. @see MQTT 5.0, 3.5
 */
export function handlePubrec(
  shard: Shard,
  connection: Connection,
  buf: Buffer,
  start: number,
  bodyStart: number,
  end: number,
): FrameVerdict {
  const ack = shard.ack;
  ack.parse(buf, start, bodyStart, end, connection.isVersion5);
  const isFailure = ack.reasonCode >= FIRST_FAILURE;
  const isKnown = shard.outbound.pubrec(connection.session as Session, ack.packetId, isFailure);
  if (!isKnown) shard.counters.unknownAcknowledgements++;
  if (isFailure) return FrameVerdict.Continue;
  const reasonCode = isKnown || !connection.isVersion5 ? ReasonCode.Success : ReasonCode.PacketIdentifierNotFound;
  connection.sendAck(AckHeader.Pubrel, ack.packetId, reasonCode);
  return FrameVerdict.Continue;
}

/**
 * PUBREL frees the inbound identifier and is answered with PUBCOMP, whether the identifier is known or not.
 * [MQTT-4.3.3-11] [v3.1.1 MQTT-4.3.3-2] Arguments and errors as `handlePuback`. @see MQTT 5.0, 3.6; MQTT 3.1, 3.6:
 * sent again, it has DUP
 */
export function handlePubrel(
  shard: Shard,
  connection: Connection,
  buf: Buffer,
  start: number,
  bodyStart: number,
  end: number,
): FrameVerdict {
  const ack = shard.ack;
  ack.parse(buf, start, bodyStart, end, connection.isVersion5, connection.protocolVersion === 3 ? DUP_BIT : 0);
  const session = connection.session as Session;
  const ids = session.inboundIds;
  let reasonCode: number = ReasonCode.Success;
  let givesQuota = false;
  if (ids === null || !ids.delete(ack.packetId)) {
    shard.counters.unknownAcknowledgements++;
    if (connection.isVersion5) reasonCode = ReasonCode.PacketIdentifierNotFound;
  } else {
    // [MQTT-4.3.3-12]
    givesQuota = ids.size >= connection.inheritedIds;
    if (!givesQuota) connection.inheritedIds = ids.size;
    if (session.isDurable) shard.store.inboundIdRemoved(session.clientId, ack.packetId);
  }
  shard.gate.acknowledge(connection, AckHeader.Pubcomp, ack.packetId, reasonCode, givesQuota);
  return FrameVerdict.Continue;
}

/** PUBCOMP ends a QoS 2 flow. Arguments and errors as `handlePuback`. @see MQTT 5.0, 3.7 */
export function handlePubcomp(
  shard: Shard,
  connection: Connection,
  buf: Buffer,
  start: number,
  bodyStart: number,
  end: number,
): FrameVerdict {
  const ack = shard.ack;
  ack.parse(buf, start, bodyStart, end, connection.isVersion5);
  if (!shard.outbound.pubcomp(connection.session as Session, ack.packetId)) shard.counters.unknownAcknowledgements++;
  return FrameVerdict.Continue;
}
