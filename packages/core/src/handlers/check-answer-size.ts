import { MqttError, varintSize } from '@nanomq-ts/codec';
import type { Connection } from '../connection/connection.ts';

/** Packet identifier and the length of no properties, in bytes. */
const VARIABLE_HEADER_BYTES = 3;

/**
 * Refuses a SUBSCRIBE or UNSUBSCRIBE whose answer the client could not take, before it has any effect: a reason code
 * for each filter cannot be left out, and a client without its answer knows nothing. [MQTT-3.1.2-24]
 * @param filterCount  topic filters asked for, each of which is answered with one byte
 * @throws MqttError PACKET_TOO_LARGE (0x95)
 */
export function checkAnswerSize(connection: Connection, filterCount: number): void {
  const limit = connection.maxPacketBytes;
  if (limit === 0) return;
  const bodyBytes = VARIABLE_HEADER_BYTES + filterCount;
  const frameBytes = 1 + varintSize(bodyBytes) + bodyBytes;
  if (frameBytes <= limit) return;
  throw new MqttError('PACKET_TOO_LARGE', {
    detail: `the answer to ${filterCount} topic filters has ${frameBytes} bytes, the client takes ${limit}`,
  });
}
