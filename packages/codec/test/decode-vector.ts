import {
  AckFrame,
  decodeConnect,
  decodeControl,
  isWellFormedUtf8,
  MqttError,
  PacketType,
  type ProtocolVersion,
  PublishFrame,
  PublishProperties,
} from '@nanomq-ts/codec';
import { type FrameVector, vectorBytes } from '@nanomq-ts/testkit';
import { expect } from 'vitest';

export const LIMITS = { maxUserProperties: 32 } as const;

/** Decodes a whole frame with whatever decodes its type; acknowledgements and PUBLISH as their reused objects. */
export function decodeFrame(frame: Buffer, protocolVersion: ProtocolVersion): unknown {
  const type = frame[0]! >> 4;
  const bodyStart = frame.findIndex((byte, at) => at > 0 && byte < 0x80) + 1;
  switch (type) {
    case PacketType.Connect:
      return decodeConnect(frame, LIMITS);
    case PacketType.Publish:
      return decodePublish(frame, bodyStart, protocolVersion);
    case PacketType.Puback:
    case PacketType.Pubrec:
    case PacketType.Pubrel:
    case PacketType.Pubcomp: {
      const ack = new AckFrame();
      ack.parse(frame, 0, bodyStart, frame.length, protocolVersion === 5);
      return ack;
    }
    default:
      return decodeControl(frame, protocolVersion, LIMITS);
  }
}

function decodePublish(frame: Buffer, bodyStart: number, protocolVersion: ProtocolVersion): PublishFrame {
  const publish = new PublishFrame();
  publish.parse(frame, 0, bodyStart, frame.length, protocolVersion === 5);
  if (!isWellFormedUtf8(frame, publish.topicStart, publish.topicEnd)) throw new MqttError('MALFORMED_UTF8');
  new PublishProperties().scan(frame, publish.propertiesStart, publish.propertiesEnd, true, LIMITS.maxUserProperties);
  return publish;
}

/** What `act` throws, or undefined. */
export function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}

/** Expects the vector's error from `decodeFrame`, or none. */
export function expectVector(vector: FrameVector): void {
  const error = thrownBy(() => decodeFrame(vectorBytes(vector), vector.protocolVersion));
  if (error !== undefined && !(error instanceof MqttError)) throw error;
  expect(error?.code).toBe(vector.error);
}
