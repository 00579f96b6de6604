import type { MqttErrorCode, ProtocolVersion } from '@nanomq-ts/codec';

/** One whole frame a client may send, and what the broker makes of it. Shared by codec, core and broker tests. */
export interface FrameVector {
  /** Behaviour, with the clauses it proves. Unique within its list. */
  readonly name: string;
  /** The first clause of the name, `[MQTT-3.1.2-3]` or `[v3.1.1 MQTT-3.1.2-3]`; '' when no clause has a number. */
  readonly clause: string;
  /** The version of the connection it is sent on. */
  readonly protocolVersion: ProtocolVersion;
  /** Bytes with a space between them. */
  readonly hex: string;
  /** What it is refused with; absent when it is well formed. */
  readonly error?: MqttErrorCode;
}

/** One row of a list of vectors. */
export type FrameVectorRow = readonly [
  name: string,
  protocolVersion: ProtocolVersion,
  hex: string,
  error?: MqttErrorCode,
];

/** The vectors of a table. */
export function frameVectors(rows: readonly FrameVectorRow[]): readonly FrameVector[] {
  return rows.map(([name, protocolVersion, hex, error]) => ({
    name,
    clause: /\[[^\]]*\]/.exec(name)?.[0] ?? '',
    protocolVersion,
    hex,
    ...(error === undefined ? {} : { error }),
  }));
}

/** The bytes of a vector, a new copy for each call. */
export function vectorBytes(vector: FrameVector): Buffer {
  return Buffer.from(vector.hex.replaceAll(' ', ''), 'hex');
}
