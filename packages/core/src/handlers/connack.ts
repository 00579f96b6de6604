import { type ConnackPacket, type ConnectPacket, encodeControl, ReasonCode } from '@nanomq-ts/codec';
import { grantedExpirySeconds, grantedKeepAliveSeconds } from '../session/granted-terms.ts';
import type { ShardOptions } from '../shard-options.ts';
import { topicNameFault } from '../topics/topic-filter.ts';

const DEFAULT_RECEIVE_MAXIMUM = 65_535;
const MAX_STRING_BYTES = 65_535;
/** User property by which a bridge names its broker in CONNECT, and we name ours. */
const BRIDGE_ORIGIN = 'bridge-origin';

/**
 * The CONNACK of a CONNECT that is about to be accepted; `sessionPresent` is still false. It says what the server
 * grants otherwise than the client asked for, so that only the response information can be left out for size.
 * @returns null when it does not fit into the client's maximum packet size
 * @see MQTT 5.0, 3.2
 */
export function connackFor(options: ShardOptions, connect: ConnectPacket, clientId: string): ConnackPacket | null {
  const plain = { type: 'connack', reasonCode: ReasonCode.Success, sessionPresent: false } as const;
  // 3.x has no properties; [MQTT-3.1.2-24] binds to what a client of 5.0 stated.
  if (connect.protocolVersion !== 5) return plain;
  const whole = { ...plain, ...propertiesFor(options, connect, clientId) };
  if (isWithin(whole, connect.maximumPacketBytes)) return whole;
  const shorter = { ...whole, responseInformation: undefined };
  return isWithin(shorter, connect.maximumPacketBytes) ? shorter : null; // [MQTT-3.1.2-24]
}

/**
 * Every QoS and retained messages are supported, so neither Maximum QoS nor Retain Available is sent and nothing is
 * refused for them [MQTT-3.2.2-9] [MQTT-3.2.2-10] [MQTT-3.2.2-11] [MQTT-3.2.2-12] [MQTT-3.2.2-13] [MQTT-3.2.2-14].
 * There is no enhanced authentication, so no method either [MQTT-4.12.0-6].
 */
function propertiesFor(options: ShardOptions, connect: ConnectPacket, clientId: string): Partial<ConnackPacket> {
  const sessionExpirySeconds = grantedExpirySeconds(options, connect);
  const keepAliveSeconds = grantedKeepAliveSeconds(options, connect);
  return {
    sessionExpirySeconds: sessionExpirySeconds === connect.sessionExpirySeconds ? undefined : sessionExpirySeconds,
    receiveMaximum: options.receiveMaximum === DEFAULT_RECEIVE_MAXIMUM ? undefined : options.receiveMaximum,
    maximumPacketBytes: options.maxPacketBytes, // [MQTT-3.2.2-15]
    assignedClientId: connect.clientId === '' ? clientId : undefined, // [MQTT-3.1.3-7] [MQTT-3.2.2-16]
    topicAliasMaximum: options.maxTopicAlias > 0 ? options.maxTopicAlias : undefined, // [MQTT-3.2.2-17] [MQTT-3.2.2-18]
    serverKeepAliveSeconds: keepAliveSeconds === connect.keepAliveSeconds ? undefined : keepAliveSeconds, // [MQTT-3.2.2-22]
    userProperties: namesItself(options, connect) ? [[BRIDGE_ORIGIN, options.brokerId ?? '']] : undefined,
    responseInformation: connect.requestResponseInformation
      ? responseInformationFor(clientId, options.maxTopicLevels)
      : undefined, // [MQTT-3.1.2-28]
  };
}

function namesItself({ brokerId }: ShardOptions, { userProperties }: ConnectPacket): boolean {
  return brokerId !== undefined && userProperties.some(([name]) => name === BRIDGE_ORIGIN);
}

/** Where a client may have its responses sent: a topic of its own, if its identifier can stand in one. */
function responseInformationFor(clientId: string, maxLevels: number): string | undefined {
  const topicName = `response/${clientId}`;
  if (Buffer.byteLength(topicName) > MAX_STRING_BYTES || topicNameFault(topicName, maxLevels) !== '') return undefined;
  return topicName;
}

function isWithin(connack: ConnackPacket, maxPacketBytes: number): boolean {
  return maxPacketBytes === 0 || encodeControl(connack, 5).length <= maxPacketBytes;
}
