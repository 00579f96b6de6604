import { isUtf8 } from 'node:buffer';
import { ReasonCode, type Will } from '@nanomq-ts/codec';
import { DropReason } from '../observe/drop-reason.ts';
import type { Principal } from '../ports/access.ts';
import { isSystemTopic } from '../routing/route.ts';
import type { Shard } from '../shard.ts';
import { topicNameFault } from '../topics/topic-filter.ts';
import { topicKeyOf } from '../topics/topic-key.ts';
import { buildPublish } from './build-publish.ts';
import type { Session } from './session.ts';

/** Why a well-formed will cannot be accepted, or null. @see MQTT 5.0, table 3-1 */
export function willFault(will: Will, shard: Shard): { reasonCode: number; text: string } | null {
  const fault = topicNameFault(will.topicName, shard.options.maxTopicLevels);
  if (fault !== '') return { reasonCode: ReasonCode.TopicNameInvalid, text: `will: ${fault}` };
  if (isSystemTopic(will.topicName)) {
    return { reasonCode: ReasonCode.NotAuthorized, text: 'will to a system topic' };
  }
  const { publishProperties: bytes } = will;
  const properties = shard.publishProperties;
  properties.scan(bytes, 0, bytes.length, true, shard.options.maxUserProperties);
  if (properties.payloadFormat === 1 && !isUtf8(will.payload)) {
    return { reasonCode: ReasonCode.PayloadFormatInvalid, text: 'will: payload is not the UTF-8 it is declared to be' };
  }
  return null;
}

/**
 * Sends the will of a session, if it still has one; it is removed with that [MQTT-3.1.2-8] [MQTT-3.1.2-10]. Retained
 * or not as the client asked [MQTT-3.1.2-14] [MQTT-3.1.2-15], its properties in their order [MQTT-3.1.3-10].
 */
export function willDue(shard: Shard, session: Session): void {
  const will: Will | null = session.will;
  if (session.willTimer !== null) shard.wheel.cancel(session.willTimer);
  session.will = null;
  if (will === null) return; // [v3.1.1 MQTT-3.1.2-12]
  if (!shard.access.checksPublish) {
    send(shard, will, session);
    return;
  }
  sendIfAdmitted(shard, will, session);
}

/** What was allowed at CONNECT may be forbidden by now. */
function sendIfAdmitted(shard: Shard, will: Will, session: Session): void {
  // The session may have another client when the answer comes.
  const { clientId, username, remoteAddress, identity } = session;
  const principal = { clientId, username, remoteAddress, identity };
  const settled = (reasonCode: number): void => {
    if (reasonCode < ReasonCode.UnspecifiedError) send(shard, will, principal);
    else shard.counters.drop(DropReason.NotAuthorized);
  };
  const failed = (err: unknown): void => {
    shard.counters.drop(DropReason.NotAuthorized);
    shard.logger.error({ clientId, err }, 'the right to publish a will could not be checked; it is not sent');
  };
  try {
    const answer = shard.access.publish(principal, will.topicName, will.retain);
    if (typeof answer === 'number') settled(answer);
    else answer.then(settled).catch(failed);
  } catch (error) {
    failed(error);
  }
}

function send(shard: Shard, will: Will, publisher: Principal): void {
  const frame = buildPublish(topicKeyOf(will.topicName), will.payload, will.qos, will.retain, will.publishProperties);
  shard.publishOwn(frame, publisher.clientId, publisher); // its own No Local subscriptions do not get it [MQTT-3.8.3-3]
}
