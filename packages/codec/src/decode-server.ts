import type { IConnackPacket } from 'mqtt-packet';
import { type ControlLimits, parseFrame } from './control.ts';
import type {
  ConnackPacket,
  ProtocolVersion,
  ServerControlPacket,
  ServerDisconnectPacket,
  SubackPacket,
  UnsubackPacket,
} from './control-packet.ts';
import { EMPTY_RANGE, FrameWalk, malformed } from './frame-walk.ts';
import { MqttError } from './mqtt-error.ts';
import { PacketType } from './packet-type.ts';
import { PropertyPlace, readUserProperties } from './properties.ts';
import { ReasonCode } from './reason-code.ts';

/** MQTT 3.1.1, table 3.1: return codes as reason codes; others become 0x80. */
const RETURN_CODES: readonly number[] = [
  ReasonCode.Success,
  ReasonCode.UnsupportedProtocolVersion,
  ReasonCode.ClientIdentifierNotValid,
  ReasonCode.ServerUnavailable,
  ReasonCode.BadUserNameOrPassword,
  ReasonCode.NotAuthorized,
];
const FIRST_FAILURE = 0x80;

/**
 * Decodes one whole CONNACK, SUBACK, UNSUBACK or DISCONNECT from a server: the reverse of `encodeControl`. Return codes
 * of 3.x come as reason codes; a SUBACK or UNSUBACK has as many codes as its SUBSCRIBE asked for, which the caller checks.
 * @param frame  a whole frame, borrowed for the call
 * @throws MqttError MALFORMED_*, PACKET_ID_ZERO, REASON_CODE_NOT_ALLOWED, property errors; PACKET_UNEXPECTED for every
 *   other packet type, AUTH and, before 5.0, DISCONNECT among them
 * @see MQTT 5.0, 3.2, 3.9, 3.11, 3.14
 */
export function decodeServerControl(
  frame: Buffer,
  protocolVersion: ProtocolVersion,
  limits: ControlLimits,
): ServerControlPacket {
  const type = (frame[0] ?? 0) >> 4;
  switch (type) {
    case PacketType.Connack:
      return decodeConnack(frame, protocolVersion, limits.maxUserProperties);
    case PacketType.Suback:
      return decodeSuback(frame, protocolVersion, limits.maxUserProperties);
    case PacketType.Unsuback:
      return decodeUnsuback(frame, protocolVersion, limits.maxUserProperties);
    case PacketType.Disconnect:
      if (protocolVersion === 5) return decodeDisconnect(frame, limits.maxUserProperties);
  }
  throw new MqttError('PACKET_UNEXPECTED', { detail: `type ${type} from a server` });
}

function decodeConnack(frame: Buffer, version: ProtocolVersion, userPropertyLimit: number): ConnackPacket {
  const walk = new FrameWalk(frame, 0);
  const flags = walk.byte('acknowledge flags');
  const code = walk.byte('reason code');
  const { start, end } = version === 5 ? walk.properties(PropertyPlace.Connack, userPropertyLimit) : EMPTY_RANGE;
  walk.finish();
  // MQTT 3.1 calls the byte reserved and says nothing of its value.
  if (version !== 3 && flags > 1) throw malformed('reserved connect acknowledge flag'); // [MQTT-3.2.2-1]
  const reasonCode = version === 5 ? code : (RETURN_CODES[code] ?? ReasonCode.UnspecifiedError);
  if (reasonCode !== ReasonCode.Success && reasonCode < FIRST_FAILURE) throw notAllowed(reasonCode);
  const plain = { type: 'connack', reasonCode, sessionPresent: version !== 3 && flags === 1 } as const;
  if (version !== 5) return plain;
  const parsed = parseFrame(frame, version, 'connack');
  return { ...plain, ...connackProperties(parsed), userProperties: readUserProperties(frame, start, end) };
}

function connackProperties({ properties = {} }: IConnackPacket): Partial<ConnackPacket> {
  return {
    sessionExpirySeconds: properties.sessionExpiryInterval,
    receiveMaximum: properties.receiveMaximum,
    maximumQos: properties.maximumQoS as 0 | 1 | undefined,
    retainAvailable: properties.retainAvailable,
    maximumPacketBytes: properties.maximumPacketSize,
    assignedClientId: properties.assignedClientIdentifier,
    topicAliasMaximum: properties.topicAliasMaximum,
    reasonString: properties.reasonString,
    wildcardSubscriptionAvailable: properties.wildcardSubscriptionAvailable,
    subscriptionIdentifiersAvailable: properties.subscriptionIdentifiersAvailable,
    sharedSubscriptionAvailable: properties.sharedSubscriptionAvailable,
    serverKeepAliveSeconds: properties.serverKeepAlive,
    responseInformation: properties.responseInformation,
    serverReference: properties.serverReference,
  };
}

function decodeSuback(frame: Buffer, version: ProtocolVersion, userPropertyLimit: number): SubackPacket {
  const walk = new FrameWalk(frame, 0);
  const packetId = walk.packetId();
  if (version === 5) walk.properties(PropertyPlace.Suback, userPropertyLimit);
  const reasonCodes = codesOf(walk);
  for (const code of reasonCodes) if (code > 2 && code < FIRST_FAILURE) throw notAllowed(code);
  if (version !== 5) return { type: 'suback', packetId, reasonCodes };
  const { reasonString } = parseFrame(frame, version, 'suback').properties ?? {};
  return { type: 'suback', packetId, reasonCodes, reasonString };
}

function decodeUnsuback(frame: Buffer, version: ProtocolVersion, userPropertyLimit: number): UnsubackPacket {
  const walk = new FrameWalk(frame, 0);
  const packetId = walk.packetId();
  if (version !== 5) {
    walk.finish();
    return { type: 'unsuback', packetId, reasonCodes: [] };
  }
  walk.properties(PropertyPlace.Unsuback, userPropertyLimit);
  const reasonCodes = codesOf(walk);
  const { reasonString } = parseFrame(frame, version, 'unsuback').properties ?? {};
  return { type: 'unsuback', packetId, reasonCodes, reasonString };
}

function decodeDisconnect(frame: Buffer, userPropertyLimit: number): ServerDisconnectPacket {
  const walk = new FrameWalk(frame, 0);
  const reasonCode = walk.left === 0 ? ReasonCode.Success : walk.byte('reason code');
  if (walk.left > 0) walk.properties(PropertyPlace.Disconnect, userPropertyLimit);
  walk.finish();
  const { properties = {} } = parseFrame(frame, 5, 'disconnect');
  const { reasonString, serverReference } = properties;
  return { type: 'disconnect', reasonCode, reasonString, serverReference };
}

/** At least one: an empty list answers no SUBSCRIBE that could have been sent. */
function codesOf(walk: FrameWalk): number[] {
  const codes: number[] = [];
  do codes.push(walk.byte('reason code'));
  while (walk.left > 0);
  return codes;
}

function notAllowed(reasonCode: number): MqttError {
  return new MqttError('REASON_CODE_NOT_ALLOWED', { detail: `0x${reasonCode.toString(16).padStart(2, '0')}` });
}
