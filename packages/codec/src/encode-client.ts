import type { ConnectPacket, ProtocolVersion, SubscribePacket, UnsubscribePacket, Will } from './control-packet.ts';
import { varintSize, writeVarint } from './varint.ts';

/** What a client writes through {@link encodeClientControl}; DISCONNECT as MQTT 5.0 has it, the reason only there. */
export type ClientPacket =
  | ConnectPacket
  | SubscribePacket
  | UnsubscribePacket
  | { readonly type: 'pingreq' }
  | { readonly type: 'disconnect'; readonly reasonCode: number };

const BRIDGE_BIT = 0x80;
const MAX_FIELD_BYTES = 0xffff;
const MAX_RECEIVE = 0xffff;

/**
 * Encodes a packet for a server: the reverse of `decodeConnect` and `decodeControl`. For 3.x, properties and
 * subscription options other than the QoS are left out.
 * @returns a whole frame, owned by the caller
 * @throws RangeError for text or binary data of more than 65,535 bytes, which no field can carry
 * @see MQTT 5.0, 3.1, 3.8, 3.10, 3.12, 3.14
 */
export function encodeClientControl(packet: ClientPacket, protocolVersion: ProtocolVersion): Buffer {
  switch (packet.type) {
    case 'connect':
      return frame(0x10, connectBody(packet)); // [MQTT-3.1.0-1]
    case 'subscribe':
      return frame(0x82, subscribeBody(packet, protocolVersion)); // [MQTT-3.8.1-1]
    case 'unsubscribe':
      return frame(0xa2, unsubscribeBody(packet, protocolVersion)); // [MQTT-3.10.1-1]
    case 'pingreq':
      return frame(0xc0, []);
    case 'disconnect':
      return frame(0xe0, protocolVersion === 5 && packet.reasonCode !== 0 ? [Buffer.from([packet.reasonCode])] : []);
    default:
      return packet satisfies never;
  }
}

function connectBody(connect: ConnectPacket): Buffer[] {
  const { protocolVersion, isBridge, username, password, will, cleanStart } = connect;
  const level = protocolVersion | (isBridge ? BRIDGE_BIT : 0);
  const flags =
    (cleanStart ? 0x02 : 0) |
    (will === undefined ? 0 : 0x04 | (will.qos << 3) | (will.retain ? 0x20 : 0)) |
    (password === undefined ? 0 : 0x40) |
    (username === undefined ? 0 : 0x80);
  const parts = [text(protocolVersion === 3 ? 'MQIsdp' : 'MQTT'), Buffer.from([level, flags])];
  parts.push(uint16(connect.keepAliveSeconds));
  if (protocolVersion === 5) parts.push(...properties(connectProperties(connect)));
  parts.push(text(connect.clientId));
  if (will !== undefined) parts.push(...willParts(will, protocolVersion));
  if (username !== undefined) parts.push(text(username));
  if (password !== undefined) parts.push(field(password));
  return parts;
}

/** Values that the specification takes for absent ones are left out. */
function connectProperties(connect: ConnectPacket): Buffer[] {
  const parts: Buffer[] = [];
  if (connect.sessionExpirySeconds > 0) parts.push(tagged(0x11, uint32(connect.sessionExpirySeconds)));
  if (connect.receiveMaximum < MAX_RECEIVE) parts.push(tagged(0x21, uint16(connect.receiveMaximum)));
  if (connect.maximumPacketBytes > 0) parts.push(tagged(0x27, uint32(connect.maximumPacketBytes)));
  if (connect.topicAliasMaximum > 0) parts.push(tagged(0x22, uint16(connect.topicAliasMaximum)));
  if (connect.requestResponseInformation) parts.push(Buffer.from([0x19, 1]));
  if (!connect.requestProblemInformation) parts.push(Buffer.from([0x17, 0]));
  parts.push(...userProperties(connect.userProperties));
  return parts;
}

function willParts(will: Will, protocolVersion: ProtocolVersion): Buffer[] {
  const delay = will.delaySeconds > 0 ? [tagged(0x18, uint32(will.delaySeconds))] : [];
  const head = protocolVersion === 5 ? properties([...delay, will.publishProperties]) : [];
  return [...head, text(will.topicName), field(will.payload)];
}

function subscribeBody(packet: SubscribePacket, protocolVersion: ProtocolVersion): Buffer[] {
  const isVersion5 = protocolVersion === 5;
  const parts = [uint16(packet.packetId)];
  if (isVersion5) {
    const { subscriptionIdentifier } = packet;
    const identifier = subscriptionIdentifier > 0 ? [tagged(0x0b, varint(subscriptionIdentifier))] : [];
    parts.push(...properties([...identifier, ...userProperties(packet.userProperties)]));
  }
  for (const { topicFilter, qos, noLocal, retainAsPublished, retainHandling } of packet.subscriptions) {
    const options = (noLocal ? 0x04 : 0) | (retainAsPublished ? 0x08 : 0) | (retainHandling << 4);
    parts.push(text(topicFilter), Buffer.from([isVersion5 ? qos | options : qos]));
  }
  return parts;
}

function unsubscribeBody(packet: UnsubscribePacket, protocolVersion: ProtocolVersion): Buffer[] {
  const head = protocolVersion === 5 ? properties(userProperties(packet.userProperties)) : [];
  return [uint16(packet.packetId), ...head, ...packet.topicFilters.map(text)];
}

function userProperties(pairs: ConnectPacket['userProperties']): Buffer[] {
  return pairs.map(([name, value]) => Buffer.concat([Buffer.from([0x26]), text(name), text(value)]));
}

/** The property length and the properties. */
function properties(parts: readonly Buffer[]): Buffer[] {
  return [varint(parts.reduce((sum, part) => sum + part.length, 0)), ...parts];
}

function frame(firstByte: number, body: readonly Buffer[]): Buffer {
  const length = body.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Buffer.from([firstByte]), varint(length), ...body]);
}

function tagged(id: number, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([id]), value]);
}

function varint(value: number): Buffer {
  const bytes = Buffer.alloc(varintSize(value));
  writeVarint(bytes, 0, value);
  return bytes;
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function text(value: string): Buffer {
  return field(Buffer.from(value));
}

function field(value: Buffer): Buffer {
  if (value.length > MAX_FIELD_BYTES) throw new RangeError(`${value.length} bytes do not fit a field`);
  return Buffer.concat([uint16(value.length), value]);
}
