import type { LoadLogin, LoadQos, ProtocolVersion } from './load-job.ts';

/** A PUBLISH frame to be copied, and where in it the fields that change lie (byte offsets; packetIdAt -1 for QoS 0). */
export interface PublishTemplate {
  readonly frame: Buffer;
  readonly packetIdAt: number;
  /** Start of the payload: time stamp u32 (microseconds), then sequence number u32, both big endian. */
  readonly stampAt: number;
}

/** CONNECT with clean start and no keep alive; for 5.0 with receive maximum 65535. */
export function connectFrame(clientId: string, protocol: ProtocolVersion, login: LoadLogin | null = null): Buffer {
  const flags = login === null ? 0x02 : 0xc2;
  const properties = protocol === 5 ? [3, 0x21, 0xff, 0xff] : [];
  const head = Buffer.from([0, 4, 0x4d, 0x51, 0x54, 0x54, protocol, flags, 0, 0, ...properties]);
  const texts = login === null ? [clientId] : [clientId, login.username, login.password];
  return frameOf(0x10, head, ...texts.map(text));
}

/** SUBSCRIBE with packet identifier 1 and one filter. */
export function subscribeFrame(filter: string, qos: LoadQos, protocol: ProtocolVersion): Buffer {
  const head = protocol === 5 ? [0, 1, 0] : [0, 1];
  return frameOf(0x82, Buffer.from(head), text(filter), Buffer.from([qos]));
}

/** The PUBLISH frame of one publisher, with payload all zero. @param payloadBytes at least 8 */
export function publishTemplate(
  topic: string,
  qos: LoadQos,
  protocol: ProtocolVersion,
  payloadBytes: number,
): PublishTemplate {
  const packetId = Buffer.alloc(qos === 0 ? 0 : 2);
  const properties = Buffer.alloc(protocol === 5 ? 1 : 0);
  const frame = frameOf(0x30 | (qos << 1), text(topic), packetId, properties, Buffer.alloc(payloadBytes));
  const stampAt = frame.length - payloadBytes;
  return { frame, packetIdAt: qos === 0 ? -1 : stampAt - properties.length - 2, stampAt };
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
}

function frameOf(firstByte: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const head = [firstByte];
  let rest = body.length;
  do {
    head.push(rest > 127 ? (rest & 127) | 128 : rest);
    rest >>>= 7;
  } while (rest > 0);
  return Buffer.concat([Buffer.from(head), body]);
}
