/** Monotonic time. @returns microseconds modulo 2^32, so that a difference `>>> 0` is right for an hour */
export function nowMicros(): number {
  return Math.floor(performance.now() * 1000) >>> 0;
}

/**
 * Says why a frame from the broker ends the run: a refused CONNECT, SUBSCRIBE or PUBLISH, or a DISCONNECT.
 * @returns a text with the reason code, or undefined when the frame is no refusal
 * @see MQTT 5.0, 2.4 Reason Code; MQTT 3.1.1, 3.2.2.3 and 3.9.3
 */
export function refusalIn(firstByte: number, bytes: Uint8Array, bodyAt: number, end: number): string | undefined {
  switch (firstByte >> 4) {
    case 2:
      return bytes[bodyAt + 1] === 0 ? undefined : reason('CONNACK', bytes[bodyAt + 1]);
    case 4:
    case 5:
    case 7:
      // Without a reason code (3.1.1, or a success in 5.0) the body is the packet identifier alone.
      return end - bodyAt > 2 && bytes[bodyAt + 2]! >= 0x80 ? reason('acknowledgement', bytes[bodyAt + 2]) : undefined;
    case 9:
      return bytes[end - 1]! >= 0x80 ? reason('SUBACK', bytes[end - 1]) : undefined;
    case 14:
      return reason('DISCONNECT', end > bodyAt ? bytes[bodyAt] : 0);
    default:
      return undefined;
  }
}

function reason(what: string, code: number | undefined): string {
  return `${what} with reason code 0x${(code ?? 0).toString(16).padStart(2, '0')}`;
}
