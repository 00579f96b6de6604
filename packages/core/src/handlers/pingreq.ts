import { FrameVerdict, MqttError } from '@nanomq-ts/codec';
import type { Connection } from '../connection/connection.ts';

const PINGRESP = Buffer.from([0xd0, 0x00]);

/**
 * PINGREQ is answered with PINGRESP. [MQTT-3.12.4-1]
 * @param buf  `buf[start, end)` is a whole frame, borrowed for the call; `bodyStart` follows its Remaining Length
 * @throws MqttError MALFORMED_FLAGS, MALFORMED_PACKET (0x81)
 * @see MQTT 5.0, 3.12
 */
export function handlePingreq(
  connection: Connection,
  buf: Buffer,
  start: number,
  bodyStart: number,
  end: number,
): FrameVerdict {
  if ((buf[start]! & 0x0f) !== 0) throw new MqttError('MALFORMED_FLAGS'); // [MQTT-2.1.3-1]
  if (end !== bodyStart) throw new MqttError('MALFORMED_PACKET', { detail: 'PINGREQ has a body' });
  connection.out.append(PINGRESP, 0, PINGRESP.length);
  return FrameVerdict.Continue;
}
