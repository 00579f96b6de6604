import { MqttError } from '@nanomq-ts/codec';
import { type ParsedFilter, parseTopicFilter, topicNameFault } from '../topics/topic-filter.ts';

/** What the two bytes before a string can say. */
const MAX_STRING_BYTES = 0xffff;

/** @throws MqttError TOPIC_NAME_INVALID (0x90) that names the fault */
export function checkLocalTopicName(topicName: string, maxLevels: number): void {
  const fault = topicNameFault(topicName, maxLevels) || textFault(topicName);
  if (fault !== '') throw new MqttError('TOPIC_NAME_INVALID', { detail: fault });
}

/** @throws MqttError TOPIC_FILTER_INVALID (0x8F) that names the fault */
export function parseLocalTopicFilter(topicFilter: string, maxLevels: number): ParsedFilter {
  const parsed = parseTopicFilter(topicFilter, maxLevels);
  const fault = typeof parsed === 'string' ? parsed : textFault(topicFilter);
  if (typeof parsed === 'string' || fault !== '') throw new MqttError('TOPIC_FILTER_INVALID', { detail: fault });
  return parsed;
}

/** What the codec refuses in text from the wire, for text that never was on one; '' when there is nothing. */
function textFault(text: string): string {
  if (text.includes('\0')) return 'has U+0000'; // [MQTT-1.5.4-2] [MQTT-4.7.3-2]
  if (/\p{Surrogate}/u.test(text)) return 'has half a surrogate pair'; // [MQTT-1.5.4-1]
  // [MQTT-4.7.3-3]
  return Buffer.byteLength(text) > MAX_STRING_BYTES ? `is longer than ${MAX_STRING_BYTES} bytes in UTF-8` : '';
}
