import type { IConnectPacket } from 'mqtt-packet';
import { type ConnectWalk, walkConnect } from './connect-walk.ts';
import { type ControlLimits, parseFrame } from './control.ts';
import type { ConnectPacket, ProtocolVersion, UserProperties, Will } from './control-packet.ts';
import { MqttError } from './mqtt-error.ts';
import { propertiesWithout, readUserProperties } from './properties.ts';

const WILL_DELAY_INTERVAL = 0x18;
const NEVER_EXPIRES = 0xffff_ffff;

/**
 * Decodes one whole CONNECT. What is returned owns its memory. An empty client identifier, topic names and the
 * identity of the client are not judged here.
 * @param frame  a whole frame, borrowed for the call
 * @throws MqttError UNSUPPORTED_PROTOCOL_VERSION (0x84) before anything after the version is looked at;
 *   MALFORMED_* (0x81), PROPERTY_MISSING, DUPLICATE_PROPERTY, FORBIDDEN_PROPERTY (0x82), TOO_MANY_USER_PROPERTIES (0x97)
 * @see MQTT 5.0, 3.1; MQTT 3.1.1, 3.1; MQTT 3.1, 3.1
 */
export function decodeConnect(frame: Buffer, limits: ControlLimits): ConnectPacket {
  const walk = walkConnect(frame, limits.maxUserProperties);
  const { protocolVersion, isBridge } = walk;
  const parsed = parseFrame(withFlags(frame, walk), protocolVersion, 'connect');
  const properties = parsed.properties ?? {};
  const cleanStart = parsed.clean ?? false;
  if (properties.authenticationData !== undefined && properties.authenticationMethod === undefined) {
    throw new MqttError('PROPERTY_MISSING', { detail: 'authenticationMethod' }); // 3.1.2.11.10
  }
  return {
    type: 'connect',
    protocolVersion,
    isBridge,
    clientId: parsed.clientId,
    cleanStart,
    keepAliveSeconds: parsed.keepalive ?? 0,
    username: parsed.username,
    password: owned(parsed.password),
    will: willOf(frame, parsed, walk),
    sessionExpirySeconds: properties.sessionExpiryInterval ?? sessionExpiryDefault(protocolVersion, cleanStart),
    receiveMaximum: properties.receiveMaximum ?? 65535,
    maximumPacketBytes: properties.maximumPacketSize ?? 0,
    topicAliasMaximum: properties.topicAliasMaximum ?? 0,
    requestResponseInformation: properties.requestResponseInformation ?? false,
    requestProblemInformation: properties.requestProblemInformation ?? true,
    authenticationMethod: properties.authenticationMethod,
    authenticationData: owned(properties.authenticationData),
    userProperties: userPropertiesOf(frame, walk),
  };
}

/** 5.0 without the property ends the session with the connection; 3.x decides by clean session. */
function sessionExpiryDefault(protocolVersion: ProtocolVersion, cleanStart: boolean): number {
  return protocolVersion === 5 || cleanStart ? 0 : NEVER_EXPIRES; // [v3.1.1 MQTT-3.1.2-4] [v3.1.1 MQTT-3.1.2-6]
}

function userPropertiesOf(frame: Buffer, walk: ConnectWalk): UserProperties {
  return readUserProperties(frame, walk.properties.start, walk.properties.end);
}

function willOf(frame: Buffer, parsed: IConnectPacket, walk: ConnectWalk): Will | undefined {
  const { will } = parsed;
  if (will === undefined) return undefined;
  const { start, end } = walk.willProperties;
  return {
    topicName: will.topic,
    payload: Buffer.from(will.payload as Buffer),
    qos: will.qos ?? 0,
    retain: will.retain ?? false,
    publishProperties: propertiesWithout(frame, start, end, WILL_DELAY_INTERVAL), // [MQTT-3.1.3-10]
    delaySeconds: will.properties?.willDelayInterval ?? 0,
  };
}

/** The frame with the flags of what is there: mqtt-packet would look for the rest. */
function withFlags(frame: Buffer, { flags, flagsAt }: ConnectWalk): Buffer {
  if (frame[flagsAt] === flags) return frame;
  const copy = Buffer.from(frame);
  copy[flagsAt] = flags;
  return copy;
}

/** mqtt-packet gives views of the frame, which is borrowed. */
function owned(bytes: Buffer | undefined): Buffer | undefined {
  return bytes === undefined ? undefined : Buffer.from(bytes);
}
