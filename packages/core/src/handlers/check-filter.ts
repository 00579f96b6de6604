import { MqttError } from '@nanomq-ts/codec';
import type { Connection } from '../connection/connection.ts';
import { isMalformedFilter, type ParsedFilter, parseTopicFilter } from '../topics/topic-filter.ts';

/**
 * Takes apart a topic filter of SUBSCRIBE or UNSUBSCRIBE.
 *
 * One that breaks the rules for topic filters ends the connection: the reason code 0x8F of SUBACK and UNSUBACK is for
 * filters that are correctly formed (3.9.3, 3.11.3), and 3.1.1 demands the close.
 * @returns null for a filter that is correctly formed but not allowed here: too deep, or in 3.x a bad share name
 * @throws MqttError TOPIC_FILTER_INVALID (0x8F) [MQTT-4.7.1-1] [MQTT-4.7.1-2] [MQTT-4.7.3-1] [MQTT-4.8.2-1]
 *   [MQTT-4.8.2-2] [MQTT-4.13.1-1] [v3.1.1 MQTT-4.8.0-1]
 */
export function checkFilter(connection: Connection, topicFilter: string): ParsedFilter | null {
  const parsed = parseTopicFilter(topicFilter, connection.shard.options.maxTopicLevels);
  if (typeof parsed !== 'string') return parsed;
  if (isMalformedFilter(topicFilter, connection.isVersion5)) {
    throw new MqttError('TOPIC_FILTER_INVALID', { detail: parsed });
  }
  connection.shard.logger.debug({ clientId: connection.session?.clientId, fault: parsed }, 'topic filter refused');
  return null;
}
