import { encodeControl, MqttError, ReasonCode } from '@nanomq-ts/codec';
import type { Connection } from './connection.ts';
import { ConnectionState } from './connection-state.ts';

/** Reason codes of a CONNACK that refuses, MQTT 5.0 table 3-1. */
const CONNACK_CODES: ReadonlySet<number> = new Set([
  0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8c, 0x90, 0x95, 0x97, 0x99, 0x9a, 0x9b, 0x9c,
  0x9d, 0x9f,
]);

/** Reason codes that a DISCONNECT from the server may carry, MQTT 5.0 table 3-10; others become 0x80. */
const DISCONNECT_CODES: ReadonlySet<number> = new Set([
  0x00, 0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x8b, 0x8d, 0x8e, 0x8f, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99,
  0x9a, 0x9b, 0x9c, 0x9d, 0x9e, 0x9f, 0xa0, 0xa1, 0xa2,
]);

/** DISCONNECT with a reason code and no property length. */
const SHORTEST_DISCONNECT = [0xe0, 0x01] as const;

/** What an error means to the peer. */
export function reasonCodeOf(error: unknown): number {
  return error instanceof MqttError ? error.reasonCode : ReasonCode.ImplementationSpecificError;
}

/** The reason code of a CONNACK that refuses; what is none becomes 0x80. [MQTT-3.2.2-8] */
export function connackCodeOf(reasonCode: number): number {
  return CONNACK_CODES.has(reasonCode) ? reasonCode : ReasonCode.UnspecifiedError;
}

/**
 * Appends the last packet a peer sees: CONNACK while it is connecting, DISCONNECT with the reason code for MQTT 5.0
 * [MQTT-3.14.0-1], nothing for 3.x once connected. A packet that the peer cannot take is not sent [MQTT-3.1.2-24].
 * The caller closes afterwards.
 *
 * A CONNECT that is not well formed is answered only for MQTT 5.0; 3.1.1 closes [v3.1.1 MQTT-3.1.4-1], save where
 * it has a return code for the cause [v3.1.1 MQTT-3.2.2-6].
 */
export function sayWhy(connection: Connection, reasonCode: number, detail: string | undefined): void {
  if (connection.state !== ConnectionState.Connected) {
    refuseConnect(connection, connackCodeOf(reasonCode), detail);
    return;
  }
  if (!connection.isVersion5) return;
  const code = DISCONNECT_CODES.has(reasonCode) ? reasonCode : ReasonCode.UnspecifiedError;
  const reasonString = connection.requestProblemInformation ? detail : undefined;
  const packet = { type: 'disconnect', reasonCode: code, reasonString } as const;
  if (!appendIfFits(connection, encodeControl(packet, 5, connection.maxPacketBytes))) {
    appendIfFits(connection, Buffer.from([...SHORTEST_DISCONNECT, code]));
  }
}

function refuseConnect(connection: Connection, reasonCode: number, detail: string | undefined): void {
  if (!connection.isVersion5) {
    if (!hasReturnCode(reasonCode)) return;
    const connack = { type: 'connack', reasonCode, sessionPresent: false } as const;
    appendIfFits(connection, encodeControl(connack, connection.protocolVersion));
    return;
  }
  const reasonString = connection.requestProblemInformation ? detail : undefined;
  const connack = { type: 'connack', reasonCode, sessionPresent: false, reasonString } as const; // [MQTT-3.2.2-6]
  appendIfFits(connection, encodeControl(connack, 5, connection.maxPacketBytes));
}

/** Whether MQTT 3.1.1 has a CONNACK return code for it; malformed packets are just closed. */
function hasReturnCode(reasonCode: number): boolean {
  return (
    reasonCode !== ReasonCode.MalformedPacket &&
    reasonCode !== ReasonCode.ProtocolError &&
    reasonCode !== ReasonCode.TopicNameInvalid &&
    reasonCode !== ReasonCode.PacketTooLarge
  );
}

function appendIfFits(connection: Connection, frame: Buffer): boolean {
  if (connection.maxPacketBytes > 0 && frame.length > connection.maxPacketBytes) return false;
  connection.out.append(frame, 0, frame.length);
  return true;
}
