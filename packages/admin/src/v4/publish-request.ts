import type { AdminPublish, AdminPublishProperties } from '@nanomq-ts/core';
import { failure } from '../http/failure.ts';
import type { PublishRequest } from './publish-schemas.ts';

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * The topics a request names: `topic`, then those of `topics`.
 * @throws ApiError 400/107 when there is none
 */
export function topicsOf(request: {
  readonly topic?: string | undefined;
  readonly topics?: string | undefined;
}): readonly string[] {
  const listed = (request.topics ?? '').split(',').filter((topic) => topic !== '');
  const topics = request.topic === undefined ? listed : [request.topic, ...listed];
  if (topics.length === 0) throw failure('PARAMETER_MISSING', 'topic: required, or topics');
  return topics;
}

/**
 * The messages a request stands for, one for each topic.
 * @throws ApiError 400: 107 without a topic, 108 when the payload is no base64 although `decoding` says so
 */
export function messagesOf(request: PublishRequest): readonly AdminPublish[] {
  const topics = topicsOf(request);
  const rest = {
    clientId: request.clientid,
    payload: payloadOf(request),
    qos: request.qos as AdminPublish['qos'],
    retain: request.retain,
    properties: propertiesOf(request.properties),
  };
  return topics.map((topicName) => ({ topicName, ...rest }));
}

function payloadOf({ payload, encoding, decoding }: PublishRequest): Buffer {
  const bytes = decoding === 'base64' ? fromBase64(payload) : Buffer.from(payload);
  return encoding === 'base64' ? Buffer.from(bytes.toString('base64')) : bytes;
}

function fromBase64(text: string): Buffer {
  const digits = text.length - (text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0);
  const isPadded = digits < text.length;
  // Node skips what it cannot read; a payload that arrives shorter would be a silent loss.
  if (!BASE64.test(text) || digits % 4 === 1 || (isPadded && text.length % 4 !== 0)) {
    throw failure('PARAMETER_ERROR', 'payload: not base64, as decoding says');
  }
  return Buffer.from(text, 'base64');
}

function propertiesOf(given: PublishRequest['properties']): AdminPublishProperties {
  const { payload_format_indicator: format, message_expiry_interval: expiry, user_properties: user } = given;
  return {
    ...(format === undefined ? {} : { payloadFormat: format as 0 | 1 }),
    ...(expiry === undefined ? {} : { messageExpirySeconds: expiry }),
    ...(given.response_topic === undefined ? {} : { responseTopic: given.response_topic }),
    ...(given.correlation_data === undefined ? {} : { correlationData: Buffer.from(given.correlation_data) }),
    ...(given.content_type === undefined ? {} : { contentType: given.content_type }),
    ...(user === undefined
      ? {}
      : { userProperties: Object.entries(user).map(([name, value]) => [name, String(value)] as const) }),
  };
}
