import type { IAuthPacket, IDisconnectPacket } from 'mqtt-packet';
import type { AuthPacket, DisconnectPacket, ProtocolVersion, UserProperties } from './control-packet.ts';
import { FrameWalk } from './frame-walk.ts';
import { MqttError } from './mqtt-error.ts';
import { PropertyPlace, readUserProperties } from './properties.ts';
import { ReasonCode } from './reason-code.ts';

/** The reason codes a client may disconnect with (MQTT 5.0, table 3-10, column "sent by"). */
const DISCONNECT_CODES: ReadonlySet<number> = new Set([
  ReasonCode.Success,
  ReasonCode.DisconnectWithWill,
  ReasonCode.UnspecifiedError,
  ReasonCode.MalformedPacket,
  ReasonCode.ProtocolError,
  ReasonCode.ImplementationSpecificError,
  ReasonCode.TopicNameInvalid,
  ReasonCode.ReceiveMaximumExceeded,
  ReasonCode.TopicAliasInvalid,
  ReasonCode.PacketTooLarge,
  ReasonCode.MessageRateTooHigh,
  ReasonCode.QuotaExceeded,
  ReasonCode.AdministrativeAction,
  ReasonCode.PayloadFormatInvalid,
]);

/** The reason codes a client may send AUTH with (MQTT 5.0, table 3-11). */
const AUTH_CODES: ReadonlySet<number> = new Set([ReasonCode.ContinueAuthentication, ReasonCode.ReAuthenticate]);

/** What the walk found that mqtt-packet would lose. */
export interface DisconnectWalk {
  readonly reasonCode: number;
  readonly userProperties: UserProperties;
}

/**
 * Refuses a DISCONNECT that is not well formed or that only a server may send.
 * @throws MqttError MALFORMED_FLAGS, MALFORMED_PACKET, MALFORMED_PROPERTIES (0x81), REASON_CODE_NOT_ALLOWED,
 *   DUPLICATE_PROPERTY (0x82), TOO_MANY_USER_PROPERTIES (0x97)
 * @see MQTT 5.0, 3.14
 */
export function walkDisconnect(frame: Buffer, version: ProtocolVersion, userPropertyLimit: number): DisconnectWalk {
  const walk = new FrameWalk(frame, 0); // [MQTT-3.14.1-1] [v3.1.1 MQTT-3.14.1-1]
  let reasonCode: number = ReasonCode.Success;
  let userProperties: UserProperties = [];
  if (version === 5 && walk.left > 0) {
    reasonCode = walk.byte('reason code');
    if (!DISCONNECT_CODES.has(reasonCode)) throw notAllowed(reasonCode); // [MQTT-3.14.2-1]
    if (walk.left > 0) {
      const { start, end } = walk.properties(PropertyPlace.Disconnect, userPropertyLimit);
      userProperties = readUserProperties(frame, start, end);
    }
  }
  walk.finish();
  return { reasonCode, userProperties };
}

/**
 * Refuses an AUTH that is not well formed, that only a server may send, or that names no method. Without a reason
 * code it means Success, which a server alone may send.
 * @throws MqttError as {@link walkDisconnect}; PROPERTY_MISSING (0x82)
 * @see MQTT 5.0, 3.15
 */
export function walkAuth(frame: Buffer, userPropertyLimit: number): void {
  const walk = new FrameWalk(frame, 0); // [MQTT-3.15.1-1]
  const reasonCode = walk.left === 0 ? ReasonCode.Success : walk.byte('reason code');
  if (!AUTH_CODES.has(reasonCode)) throw notAllowed(reasonCode); // [MQTT-3.15.2-1]
  walk.properties(PropertyPlace.Auth, userPropertyLimit);
  walk.finish();
}

/** Our form of a DISCONNECT that {@link walkDisconnect} let through. */
export function toDisconnect(parsed: IDisconnectPacket, walk: DisconnectWalk): DisconnectPacket {
  return {
    type: 'disconnect',
    reasonCode: walk.reasonCode,
    sessionExpirySeconds: parsed.properties?.sessionExpiryInterval,
    reasonString: parsed.properties?.reasonString,
    userProperties: walk.userProperties,
  };
}

/**
 * Our form of an AUTH that {@link walkAuth} let through.
 * @throws MqttError PROPERTY_MISSING (0x82)
 */
export function toAuth(parsed: IAuthPacket): AuthPacket {
  const { authenticationMethod, authenticationData } = parsed.properties ?? {};
  // 3.15.2.2.2: leaving it out is a protocol error.
  if (authenticationMethod === undefined) throw new MqttError('PROPERTY_MISSING', { detail: 'authenticationMethod' });
  return {
    type: 'auth',
    reasonCode: parsed.reasonCode,
    authenticationMethod,
    authenticationData: authenticationData === undefined ? undefined : Buffer.from(authenticationData),
  };
}

function notAllowed(reasonCode: number): MqttError {
  return new MqttError('REASON_CODE_NOT_ALLOWED', { detail: `0x${reasonCode.toString(16).padStart(2, '0')}` });
}
