export { AckFrame, AckHeader, MAX_ACK_BYTES, writeAck } from './ack-frame.ts';
export { decodeConnect } from './connect.ts';
export { peekProtocolVersion } from './connect-walk.ts';
export type { ControlLimits, DecodedControlPacket } from './control.ts';
export { decodeControl } from './control.ts';
export type {
  AuthPacket,
  ClientControlPacket,
  ConnackPacket,
  ConnectPacket,
  DisconnectPacket,
  ProtocolVersion,
  Qos,
  ServerControlPacket,
  ServerDisconnectPacket,
  SubackPacket,
  SubscribePacket,
  SubscriptionRequest,
  UnsubackPacket,
  UnsubscribePacket,
  UserProperties,
  Will,
} from './control-packet.ts';
export { decodeServerControl } from './decode-server.ts';
export { type ClientPacket, encodeClientControl } from './encode-client.ts';
export { connackReturnCode, encodeControl } from './encode-control.ts';
export type { FrameSink } from './frame-reader.ts';
export { FrameReader, FrameVerdict } from './frame-reader.ts';
export type { MqttErrorCode } from './mqtt-error.ts';
export { MQTT_ERRORS, MqttError } from './mqtt-error.ts';
export { DUP_BIT, PacketType } from './packet-type.ts';
export { propertiesWithout } from './properties.ts';
export { PublishFrame } from './publish-frame.ts';
export { PublishProperties } from './publish-properties.ts';
export { PublishWriter } from './publish-writer.ts';
export { ReasonCode } from './reason-code.ts';
export { isWellFormedUtf8 } from './utf8.ts';
export { readVarint, varintSize, writeVarint } from './varint.ts';
