import { isUtf8 } from 'node:buffer';
import { AckHeader, FrameVerdict, MqttError, PublishFrame, ReasonCode } from '@nanomq-ts/codec';
import { PublishGrants, UNKNOWN } from '../access/publish-grants.ts';
import type { Connection } from '../connection/connection.ts';
import { endConnection } from '../connection/lifecycle.ts';
import { DropReason } from '../observe/drop-reason.ts';
import { Delivered } from '../routing/delivered.ts';
import type { Route } from '../routing/route.ts';
import { PacketIdSet } from '../session/packet-id-set.ts';
import type { Session } from '../session/session.ts';
import type { Shard } from '../shard.ts';
import { resolveTopicAlias } from './topic-alias-in.ts';

/**
 * PUBLISH: topic alias first, so that afterwards there is only a topic name; then access, QoS record, retained,
 * delivery, acknowledgement.
 * @param buf  `buf[start, end)` is a whole frame, borrowed for the call; `bodyStart` follows its Remaining Length
 * @returns Suspend while the Access port has not answered
 * @throws MqttError PAYLOAD_FORMAT_INVALID (0x99), RECEIVE_MAXIMUM_EXCEEDED (0x93), and as `PublishFrame.parse`,
 *   `PublishProperties.scan`, `resolveTopicAlias` and `RouteCache.routeForBytes`
 * @see MQTT 5.0, 3.3
 */
export function handlePublish(
  shard: Shard,
  connection: Connection,
  buf: Buffer,
  start: number,
  bodyStart: number,
  end: number,
): FrameVerdict {
  let publish = shard.publishFrame;
  publish.parse(buf, start, bodyStart, end, connection.isVersion5);
  shard.counters.publishReceived++;
  shard.counters.publishReceivedByQos[publish.qos]++;
  const session = connection.session as Session;
  session.receivedMessages++;
  session.block.isChanged = true;
  if (publish.propertiesEnd > publish.propertiesStart) publish = readProperties(shard, connection, publish);
  else if (publish.topicStart === publish.topicEnd) throw noTopicName();
  let route = connection.lastRoute;
  if (
    route === null ||
    !shard.routeCache.isCurrent(route) ||
    !route.isFor(publish.buf, publish.topicStart, publish.topicEnd)
  ) {
    route = shard.routeCache.routeForBytes(publish.buf, publish.topicStart, publish.topicEnd);
    connection.lastRoute = route;
  }
  if (publish.qos === 2 && session.inboundIds?.has(publish.packetId) === true) {
    // Neither asked for nor delivered again, whatever has changed since. [MQTT-4.3.3-10] [v3.1.1 MQTT-4.3.3-2]
    shard.gate.acknowledge(connection, AckHeader.Pubrec, publish.packetId, ReasonCode.Success, false);
    return FrameVerdict.Continue;
  }
  if (shard.access.checksPublish && connection.grantedRoute !== route && !session.isOwn) {
    return askAccess(shard, connection, publish, route);
  }
  if (route.isSystemTopic) return refuse(shard, connection, publish, ReasonCode.NotAuthorized);
  return accept(shard, connection, session, publish, route);
}

/** Everything after the decision that the client may publish this. [MQTT-3.3.4-1] [v3.1.1 MQTT-3.3.4-1] */
function accept(
  shard: Shard,
  connection: Connection,
  session: Session,
  publish: PublishFrame,
  route: Route,
): FrameVerdict {
  if (publish.qos === 0) {
    const isTold = publish.retain && retain(shard, session, publish, route);
    shard.deliver.publish(publish, route, session, isTold);
    return FrameVerdict.Continue;
  }
  if (isQuotaUsedUp(shard, connection, session)) throw new MqttError('RECEIVE_MAXIMUM_EXCEEDED'); // [MQTT-3.3.4-7]
  if (publish.qos === 2) takeInboundId(shard, session, publish.packetId);
  const isTold = publish.retain && retain(shard, session, publish, route);
  const reasonCode = ackReason(connection, shard.deliver.publish(publish, route, session, isTold));
  const room = publish.retain ? shard.peers.whenRoom() : null;
  if (room === null) return acknowledge(shard, connection, session, publish, reasonCode);
  // Whoever has the acknowledgement relies on it on every shard, so it must not come before the others can know.
  const { qos, packetId } = publish;
  return connection.suspend(room, () => acknowledge(shard, connection, session, { qos, packetId }, reasonCode));
}

/** @returns whether other shards were told to deliver it */
function retain(shard: Shard, session: Session, publish: PublishFrame, route: Route): boolean {
  const publisher = shard.publisherOf(session.isOwn ? null : session);
  return shard.retained.store(publish, route.topicKey, session.clientId, publisher);
}

/**
 * The identifier is recorded before anything is sent that depends on it. [MQTT-4.3.3-8]
 * @throws MqttError RECEIVE_MAXIMUM_EXCEEDED (0x93) when the session has too many of them
 */
function takeInboundId(shard: Shard, session: Session, packetId: number): void {
  if (session.inboundIds === null) session.inboundIds = new PacketIdSet();
  if (session.inboundIds.size >= shard.options.maxAwaitingRel) throw new MqttError('RECEIVE_MAXIMUM_EXCEEDED');
  session.inboundIds.add(packetId);
  if (session.isDurable) shard.store.inboundIdAdded(session.clientId, packetId);
}

/**
 * Answers PUBACK or PUBREC. A client of MQTT 3.x knows no receive maximum, so where one of MQTT 5.0 would have
 * broken it, its input waits until the store has caught up.
 */
function acknowledge(
  shard: Shard,
  connection: Connection,
  session: Session,
  { qos, packetId }: Pick<PublishFrame, 'qos' | 'packetId'>,
  reasonCode: number,
): FrameVerdict {
  if (qos === 1) {
    // [MQTT-4.3.2-4] [MQTT-4.3.2-5] [v3.1.1 MQTT-4.3.2-2]
    shard.gate.acknowledge(connection, AckHeader.Puback, packetId, reasonCode, true);
  } else {
    const isRefused = reasonCode >= ReasonCode.UnspecifiedError;
    if (isRefused && session.inboundIds?.delete(packetId) === true && session.isDurable) {
      shard.store.inboundIdRemoved(session.clientId, packetId); // [MQTT-4.3.3-9]
    }
    shard.gate.acknowledge(connection, AckHeader.Pubrec, packetId, reasonCode, isRefused);
  }
  if (connection.heldMessages < shard.options.receiveMaximum || connection.isVersion5) return FrameVerdict.Continue;
  return connection.suspend(shard.gate.nextRelease(), () => FrameVerdict.Continue);
}

/** Whether the client has as many QoS 1 and 2 messages open as it may on this connection. @see MQTT 5.0, 4.9 */
function isQuotaUsedUp(shard: Shard, connection: Connection, session: Session): boolean {
  if (!connection.isVersion5) return false;
  let open = connection.heldMessages;
  if (session.inboundIds !== null) open += session.inboundIds.size - connection.inheritedIds;
  return open >= shard.options.receiveMaximum;
}

function ackReason(connection: Connection, outcome: Delivered): number {
  if (outcome === Delivered.Taken || !connection.isVersion5) return ReasonCode.Success;
  return outcome === Delivered.NoSubscribers ? ReasonCode.NoMatchingSubscribers : ReasonCode.QuotaExceeded;
}

/** Checks the properties of an MQTT 5.0 PUBLISH and gives back a frame with a topic name and without an alias. */
function readProperties(shard: Shard, connection: Connection, publish: PublishFrame): PublishFrame {
  const properties = shard.publishProperties;
  properties.scan(publish.buf, publish.propertiesStart, publish.propertiesEnd, true, shard.options.maxUserProperties);
  if (properties.payloadFormat === 1 && !isUtf8(publish.buf.subarray(publish.payloadStart, publish.end))) {
    throw new MqttError('PAYLOAD_FORMAT_INVALID');
  }
  if (properties.messageExpirySeconds >= 0) {
    publish.messageExpiryAt = properties.messageExpiryAt;
    publish.deadlineMs = shard.turn.nowMs + properties.messageExpirySeconds * 1000;
  }
  if (properties.topicAlias > 0) return resolveTopicAlias(shard, connection, publish, properties);
  if (publish.topicStart === publish.topicEnd) throw noTopicName();
  return publish;
}

/** Section 3.3.2.1 calls neither topic name nor alias a Protocol Error. [MQTT-4.7.3-1] [v3.1.1 MQTT-4.7.3-1] */
function noTopicName(): MqttError {
  const reasonCode = ReasonCode.ProtocolError;
  return new MqttError('TOPIC_NAME_INVALID', { detail: 'topic name is empty', reasonCode });
}

/** The way with an Access port that checks; may hold the client's input until the answer is there. */
function askAccess(shard: Shard, connection: Connection, publish: PublishFrame, route: Route): FrameVerdict {
  const session = connection.session as Session;
  if (route.isSystemTopic) return refuse(shard, connection, publish, ReasonCode.NotAuthorized);
  const answer = answerFor(shard, connection, publish, route);
  if (typeof answer === 'number') {
    if (answer >= ReasonCode.UnspecifiedError) return refuse(shard, connection, publish, answer);
    return accept(shard, connection, session, publish, route);
  }
  const copy = new PublishFrame();
  const bytes = Buffer.from(publish.buf.subarray(publish.start, publish.end));
  copy.parse(bytes, 0, publish.bodyStart - publish.start, bytes.length, publish.hasProperties);
  copy.deadlineMs = publish.deadlineMs;
  copy.messageExpiryAt = publish.messageExpiryAt < 0 ? -1 : publish.messageExpiryAt - publish.start;
  const refusedOnFault = answer.catch((err: unknown) => {
    shard.logger.error({ clientId: session.clientId, err }, 'the right to publish could not be checked');
    return ReasonCode.ImplementationSpecificError;
  });
  return connection.suspend(refusedOnFault, (reasonCode) => {
    const verdict = decidedLater(shard, connection, copy, reasonCode);
    shard.deliver.chunkEnds();
    return verdict;
  });
}

/** The Access's answer; where answers hold, the one it gave this connection before. */
function answerFor(
  shard: Shard,
  connection: Connection,
  publish: PublishFrame,
  route: Route,
): number | Promise<number> {
  const { access } = shard;
  const principal = shard.principalOf(connection.session as Session);
  if (access.decisionsHold !== true) return access.publish(principal, route.topicName, publish.retain);
  connection.publishGrants ??= new PublishGrants();
  const grants = connection.publishGrants;
  const known = grants.find(route.topicKey, shard.outbound.generation);
  const answer = known === UNKNOWN ? access.publish(principal, route.topicName, publish.retain) : known;
  if (typeof answer !== 'number') return answer;
  if (known === UNKNOWN) grants.remember(route.topicKey, answer);
  if (answer < ReasonCode.UnspecifiedError) connection.grantedRoute = route;
  return answer;
}

function decided(shard: Shard, connection: Connection, publish: PublishFrame, reasonCode: number): FrameVerdict {
  if (reasonCode >= ReasonCode.UnspecifiedError) return refuse(shard, connection, publish, reasonCode);
  const route = shard.routeCache.routeForBytes(publish.buf, publish.topicStart, publish.topicEnd);
  return accept(shard, connection, connection.session as Session, publish, route);
}

/** As `decided`, for a message that waited: what is left of its expiry interval is less, or nothing. */
function decidedLater(shard: Shard, connection: Connection, publish: PublishFrame, reasonCode: number): FrameVerdict {
  if (publish.messageExpiryAt >= 0 && reasonCode < ReasonCode.UnspecifiedError) {
    const leftMs = publish.deadlineMs - shard.turn.nowMs;
    if (leftMs <= 0) {
      shard.counters.drop(DropReason.Expired); // [MQTT-3.3.2-5]
      return answerUndelivered(shard, connection, publish, ReasonCode.Success); // [MQTT-4.3.3-13]
    }
    publish.buf.writeUInt32BE(Math.ceil(leftMs / 1000), publish.messageExpiryAt); // [MQTT-3.3.2-6]
  }
  return decided(shard, connection, publish, reasonCode);
}

/**
 * A publish that is not allowed is dropped and counted. Then `auth.deny_action`: the client is disconnected, or the
 * message is acknowledged, for MQTT 5.0 with the reason code, for 3.x as if it had been taken. [v3.1.1 MQTT-3.3.5-2]
 */
function refuse(shard: Shard, connection: Connection, publish: PublishFrame, reasonCode: number): FrameVerdict {
  shard.counters.drop(DropReason.NotAuthorized);
  if (shard.access.denyAction === 'disconnect') {
    endConnection(connection, ReasonCode.NotAuthorized, 'not authorized to publish');
    return FrameVerdict.Stop;
  }
  return answerUndelivered(shard, connection, publish, connection.isVersion5 ? reasonCode : ReasonCode.Success);
}

/** Answers as QoS and reason code require, like `accept`, but without delivery. */
function answerUndelivered(
  shard: Shard,
  connection: Connection,
  publish: PublishFrame,
  reasonCode: number,
): FrameVerdict {
  if (publish.qos === 0) return FrameVerdict.Continue;
  const session = connection.session as Session;
  if (isQuotaUsedUp(shard, connection, session)) throw new MqttError('RECEIVE_MAXIMUM_EXCEEDED');
  if (publish.qos === 2 && reasonCode < ReasonCode.UnspecifiedError) takeInboundId(shard, session, publish.packetId);
  return acknowledge(shard, connection, session, publish, reasonCode);
}
