import type { ProtocolVersion } from './control-packet.ts';
import { EMPTY_RANGE, type FrameRange, FrameWalk, malformed } from './frame-walk.ts';
import { MqttError } from './mqtt-error.ts';
import { PropertyPlace } from './properties.ts';
import { readVarint } from './varint.ts';

const ConnectFlag = { Reserved: 0x01, Will: 0x04, WillRetain: 0x20, Password: 0x40, UserName: 0x80 } as const;
const WILL_QOS_SHIFT = 3;
const BRIDGE_BIT = 0x80;

/** The protocol names and levels spoken here: MQTT 3.1.1 and MQTT 5.0 renamed it from that of 3.1. */
const VERSIONS_BY_NAME: Readonly<Record<string, readonly ProtocolVersion[]>> = { MQIsdp: [3], MQTT: [4, 5] };

/** What the walk found that mqtt-packet would lose. */
export interface ConnectWalk {
  readonly protocolVersion: ProtocolVersion;
  readonly isBridge: boolean;
  /** Empty for 3.x. */
  readonly properties: FrameRange;
  /** Empty without a will and for 3.x. */
  readonly willProperties: FrameRange;
  /** The flags of what is there, and where they stand: a client of 3.1 may announce more. */
  readonly flags: number;
  readonly flagsAt: number;
}

/**
 * Refuses a CONNECT that is not well formed.
 * @throws MqttError as `decodeConnect`, but for PROPERTY_MISSING
 */
export function walkConnect(frame: Buffer, userPropertyLimit: number): ConnectWalk {
  const walk = new FrameWalk(frame, 0);
  const version = walkVersion(walk);
  const { protocolVersion } = version;
  const flagsAt = frame.length - walk.left;
  let flags = walk.byte('connect flags');
  checkFlags(flags, protocolVersion);
  walk.uint16('keep alive');
  const properties = protocolVersion === 5 ? walk.properties(PropertyPlace.Connect, userPropertyLimit) : EMPTY_RANGE;
  // [MQTT-3.1.3-1] [v3.1.1 MQTT-3.1.3-1]: client identifier, will, user name, password, in this order.
  walk.string('client identifier'); // [MQTT-3.1.3-3] [MQTT-3.1.3-4]
  let willProperties = EMPTY_RANGE;
  if ((flags & ConnectFlag.Will) !== 0) {
    if (protocolVersion === 5) willProperties = walk.properties(PropertyPlace.Will, userPropertyLimit);
    walk.string('will topic'); // [MQTT-3.1.2-9] [MQTT-3.1.3-11]
    walk.binary('will payload');
  }
  if (isLeftOut(walk, protocolVersion)) flags &= ~(ConnectFlag.UserName | ConnectFlag.Password);
  if ((flags & ConnectFlag.UserName) !== 0) walk.string('user name'); // [MQTT-3.1.2-17] [MQTT-3.1.3-12]
  if (isLeftOut(walk, protocolVersion)) flags &= ~ConnectFlag.Password;
  if ((flags & ConnectFlag.Password) !== 0) walk.binary('password'); // [MQTT-3.1.2-19]
  walk.finish(); // [MQTT-3.1.2-16] [MQTT-3.1.2-18] [v3.1.1 MQTT-3.1.2-18] [v3.1.1 MQTT-3.1.2-20]
  return { ...version, properties, willProperties, flags, flagsAt };
}

/** The frame ends here. MQTT 3.1, 3.1, has a server let user name and password be missing though a flag announces them. */
function isLeftOut(walk: FrameWalk, version: ProtocolVersion): boolean {
  return version === 3 && walk.left === 0;
}

/**
 * The protocol version of a CONNECT that may be malformed otherwise, so that the refusal can have its form.
 * Never throws.
 * @param frame  a whole frame, borrowed for the call
 * @returns 0 when it cannot be read or is not supported
 */
export function peekProtocolVersion(frame: Buffer): ProtocolVersion | 0 {
  try {
    const packed = readVarint(frame, 1, frame.length);
    if (packed < 0) return 0;
    const nameAt = 3 + (packed & 7);
    const nameEnd = nameAt + frame.readUInt16BE(nameAt - 2);
    return versionOf(frame.toString('latin1', nameAt, nameEnd), frame[nameEnd] ?? 0)?.protocolVersion ?? 0;
  } catch {
    return 0; // a fifth length byte, or a frame too short for a name
  }
}

function walkVersion(walk: FrameWalk): { protocolVersion: ProtocolVersion; isBridge: boolean } {
  const { start, end } = walk.string('protocol name');
  const name = walk.buf.toString('utf8', start, end);
  const level = walk.byte('protocol version');
  const version = versionOf(name, level);
  // [MQTT-3.1.2-1] [MQTT-3.1.2-2] [v3.1.1 MQTT-3.1.2-1] [v3.1.1 MQTT-3.1.2-2]
  if (version === undefined) throw new MqttError('UNSUPPORTED_PROTOCOL_VERSION', { detail: `level ${level}` });
  return version;
}

function versionOf(name: string, level: number): { protocolVersion: ProtocolVersion; isBridge: boolean } | undefined {
  const allowed = Object.hasOwn(VERSIONS_BY_NAME, name) ? VERSIONS_BY_NAME[name] : undefined;
  const protocolVersion = allowed?.find((version) => version === (level & ~BRIDGE_BIT));
  const isBridge = (level & BRIDGE_BIT) !== 0;
  // The bridge bit is a custom of 3.1 and 3.1.1 brokers; 5.0 has No Local and Retain As Published instead.
  if (protocolVersion === undefined || (isBridge && protocolVersion === 5)) return undefined;
  return { protocolVersion, isBridge };
}

/** @throws MqttError MALFORMED_PACKET (0x81) */
function checkFlags(flags: number, version: ProtocolVersion): void {
  if ((flags & ConnectFlag.Reserved) !== 0) throw malformed('reserved connect flag'); // [MQTT-3.1.2-3]
  const willQos = (flags >> WILL_QOS_SHIFT) & 3;
  if (willQos === 3) throw malformed('will QoS 3'); // [MQTT-3.1.2-12] [v3.1.1 MQTT-3.1.2-14]
  if ((flags & ConnectFlag.Will) === 0) {
    if (willQos !== 0) throw malformed('will QoS without will'); // [MQTT-3.1.2-11] [v3.1.1 MQTT-3.1.2-13]
    // [MQTT-3.1.2-13] [v3.1.1 MQTT-3.1.2-15]
    if ((flags & ConnectFlag.WillRetain) !== 0) throw malformed('will retain without will');
  }
  const hasOnlyPassword = (flags & (ConnectFlag.Password | ConnectFlag.UserName)) === ConnectFlag.Password;
  if (hasOnlyPassword && version !== 5) throw malformed('password without user name'); // [v3.1.1 MQTT-3.1.2-22]
}
