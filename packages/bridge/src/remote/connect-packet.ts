import type { ConnectPacket, Will } from '@nanomq-ts/codec';
import { encodeProperties } from '@nanomq-ts/core';
import type { BridgeOptions, BridgeWill } from '../bridge-options.ts';
import { ORIGIN_PROPERTY } from '../link/origin-trail.ts';
import type { Credentials } from './credentials.ts';

/** Session expiry of MQTT 3.x without clean session, in seconds: never. */
const NEVER_EXPIRES = 0xffff_ffff;

/** What differs between the connections of a bridge and from one time to the next. */
export interface ConnectCircumstances {
  /** Of this connection. */
  readonly clientId: string;
  readonly credentials: Credentials;
  readonly cleanStart: boolean;
  readonly isBridge: boolean;
  /** The first connection of a bridge carries its will. */
  readonly withWill: boolean;
  /** Most that the local broker takes at once. */
  readonly receiveMaximum: number;
  readonly maxPacketBytes: number;
  readonly brokerId: string;
}

/**
 * The CONNECT of a bridge.
 * @throws MqttError FORBIDDEN_PROPERTY for will properties that cannot be written
 */
export function connectPacket(options: BridgeOptions, now: ConnectCircumstances): ConnectPacket {
  const { protocolVersion, connect, will, maxHops } = options;
  const { username, password } = now.credentials;
  const isVersion5 = protocolVersion === 5;
  const stated = connect.maximumPacketBytes;
  const origin: readonly (readonly [string, string])[] = maxHops > 0 ? [[ORIGIN_PROPERTY, now.brokerId]] : [];
  return {
    type: 'connect',
    protocolVersion,
    isBridge: now.isBridge && !isVersion5,
    clientId: now.clientId,
    cleanStart: now.cleanStart,
    keepAliveSeconds: options.keepAliveSeconds,
    username,
    password: password === undefined ? undefined : Buffer.from(password),
    will: will !== null && now.withWill ? willOf(will) : undefined,
    sessionExpirySeconds: isVersion5 ? connect.sessionExpirySeconds : now.cleanStart ? 0 : NEVER_EXPIRES,
    receiveMaximum: Math.min(connect.receiveMaximum, now.receiveMaximum),
    maximumPacketBytes: stated === 0 ? now.maxPacketBytes : Math.min(stated, now.maxPacketBytes),
    topicAliasMaximum: 0,
    requestResponseInformation: connect.requestResponseInformation,
    requestProblemInformation: connect.requestProblemInformation,
    authenticationMethod: undefined,
    authenticationData: undefined,
    userProperties: [...connect.userProperties, ...origin],
  };
}

function willOf({ topicName, payload, qos, retain, properties }: BridgeWill): Will {
  const { correlationData, delaySeconds = 0, ...others } = properties;
  const publishProperties = encodeProperties({
    ...others,
    ...(correlationData !== undefined && { correlationData: Buffer.from(correlationData) }),
  });
  return { topicName, payload: Buffer.from(payload), qos, retain, publishProperties, delaySeconds };
}
