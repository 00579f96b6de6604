import { randomBytes } from 'node:crypto';
import {
  type ConnectPacket,
  decodeConnect,
  encodeControl,
  FrameVerdict,
  MqttError,
  peekProtocolVersion,
  ReasonCode,
  readVarint,
} from '@nanomq-ts/codec';
import { type Admitted, admittedBy, reasonCodeOfAnswer } from '../access/admitted.ts';
import { endRevoked, NOTHING_REVOKED, type Revoked, revokedOf } from '../access/resume-check.ts';
import type { Connection } from '../connection/connection.ts';
import { ConnectionState } from '../connection/connection-state.ts';
import { credentialsEnded, endConnection } from '../connection/lifecycle.ts';
import { connackCodeOf } from '../connection/refuse.ts';
import { addressKeyOf } from '../limits/address-key.ts';
import { rateLimiterFor } from '../limits/rate-limiter.ts';
import { DenialReason } from '../observe/denial-reason.ts';
import type { Admission, Principal } from '../ports/access.ts';
import type { Session } from '../session/session.ts';
import { willFault } from '../session/will.ts';
import type { Shard } from '../shard.ts';
import { WheelTimer } from '../time/timer-wheel.ts';
import { TopicAliasesOut } from '../topics/topic-aliases-out.ts';
import { connackFor } from './connack.ts';

/** Who comes in, and on what terms. */
interface Entrant extends Principal, Admitted {
  readonly connect: ConnectPacket;
  readonly username: string | undefined;
  readonly identity: object | null;
}

/** MQTT 3.1 allows client identifiers of 1 to 23 characters. */
const MAX_CLIENT_ID_31 = 23;
/** A client may say that it keeps alive aliases; more than this many are not worth the memory. */
const MAX_ALIASES_OUT = 1024;

/** Who is assigned an identifier is never relayed, so its CONNECT need not be kept. */
const NO_FRAME = Buffer.alloc(0);

/** An answer of the Access port. */
type Answer<T> = T | Promise<T>;

/**
 * CONNECT: decoded, judged, authenticated, its will authorised, and only then is a session touched.
 * @param frame  a whole frame, borrowed for the call
 * @returns Stop when it was refused, Suspend while the Access port has not answered
 * @throws MqttError SECOND_CONNECT (0x82), CLIENT_ID_INVALID (0x85) and as `decodeConnect`
 * @see MQTT 5.0, 3.1
 */
export function handleConnect(shard: Shard, connection: Connection, frame: Buffer): FrameVerdict {
  if (connection.state !== ConnectionState.Opening) throw new MqttError('SECOND_CONNECT');
  const version = peekProtocolVersion(frame);
  if (version !== 0) connection.protocolVersion = version;
  connection.isVersion5 = version === 5 || (version === 0 && isLaterVersion(frame));
  const connect = decodeConnect(frame, shard.options); // [MQTT-3.1.4-1] [v3.1.1 MQTT-3.1.4-1]
  if (!isClientIdAllowed(connect)) throw new MqttError('CLIENT_ID_INVALID'); // [MQTT-3.1.3-8] [v3.1.1 MQTT-3.1.3-9]
  connection.maxPacketBytes = connect.maximumPacketBytes;
  connection.requestProblemInformation = connect.requestProblemInformation; // [MQTT-3.1.2-29]
  const refusal = refusalOf(shard, connect);
  if (refusal !== null) return refuse(connection, connect, refusal.reasonCode, refusal.text);
  return placeClient(shard, connection, connect, frame);
}

/** Where several shards are, the one that holds the client identifier goes on. */
function placeClient(shard: Shard, connection: Connection, connect: ConnectPacket, frame: Buffer): FrameVerdict {
  const isAssigned = connect.clientId === '';
  const clientId = isAssigned ? assignClientId(shard) : connect.clientId; // [MQTT-3.1.3-6] [MQTT-3.1.3-7]
  const goOn = () => authenticate(shard, connection, connect, clientId);
  if (shard.placements === null) return goOn();
  const reassign = isAssigned ? () => placeClient(shard, connection, connect, NO_FRAME) : null;
  return shard.placements.place(connection, clientId, frame, goOn, reassign);
}

function authenticate(shard: Shard, connection: Connection, connect: ConnectPacket, clientId: string): FrameVerdict {
  const { remoteAddress, listener, peerCertificate } = connection.transport;
  if (shard.guard.isBanned(connect.username, clientId, remoteAddress)) return refuseBanned(connection, connect);
  const answer = shard.access.authenticate({ connect, clientId, remoteAddress, listener, peerCertificate });
  return ask<number | Admission>(shard, connection, { connect, clientId }, answer, (given) => {
    const admitted = admittedBy(given, connect.username);
    return askForWill(shard, connection, { connect, clientId, remoteAddress, ...admitted });
  });
}

/** Goes on with what the Access answers, at once when it does. */
function whenAnswered<T>(connection: Connection, answer: Answer<T>, next: (given: T) => FrameVerdict): FrameVerdict {
  if (!isPromise(answer)) return next(answer);
  connection.state = ConnectionState.Authenticating;
  return connection.suspend(answer, next);
}

function isPromise<T>(answer: Answer<T>): answer is Promise<T> {
  return typeof answer === 'object' && answer !== null && 'then' in answer;
}

/** A version after 5.0 is refused in the form of 5.0, the nearest to what its client may know. [MQTT-3.1.2-2] */
function isLaterVersion(frame: Buffer): boolean {
  const nameAt = 1 + (readVarint(frame, 1, frame.length) & 7);
  if (nameAt + 2 > frame.length) return false;
  return (frame[nameAt + 2 + frame.readUInt16BE(nameAt)] ?? 0) >= 5;
}

/** What is wrong with a well-formed CONNECT, or null. */
function refusalOf(shard: Shard, connect: ConnectPacket): { reasonCode: number; text: string } | null {
  if (connect.authenticationMethod !== undefined) {
    // Refused at once, so that nothing can come between. [MQTT-4.12.0-1] [MQTT-3.1.2-30]
    return { reasonCode: ReasonCode.BadAuthenticationMethod, text: 'no authentication method is offered' };
  }
  return connect.will === undefined ? null : willFault(connect.will, shard);
}

/** What 3.1.1 and 5.0 let a client choose is taken as it is, of whatever length and characters. [MQTT-3.1.3-5] */
function isClientIdAllowed({ clientId, protocolVersion, cleanStart }: ConnectPacket): boolean {
  if (protocolVersion === 3) return clientId.length >= 1 && clientId.length <= MAX_CLIENT_ID_31;
  return clientId !== '' || cleanStart || protocolVersion === 5; // [v3.1.1 MQTT-3.1.3-8]
}

/** As NanoMQ names them: `nanomq-` and eight hexadecimal digits. No session has it. [MQTT-3.2.2-16] */
function assignClientId(shard: Shard): string {
  for (;;) {
    const clientId = `nanomq-${randomBytes(4).toString('hex')}`;
    if (shard.sessions.find(clientId) === undefined) return clientId;
  }
}

/** Goes on when the Access port admits. Anything but success refuses, also what is no reason code at all. */
function ask<T extends number | Admission>(
  shard: Shard,
  connection: Connection,
  { connect, clientId }: Pick<Entrant, 'connect' | 'clientId'>,
  answer: Answer<T>,
  next: (given: T) => FrameVerdict,
): FrameVerdict {
  const settled = (given: T): FrameVerdict => {
    const reasonCode = reasonCodeOfAnswer(given);
    if (reasonCode === ReasonCode.Success) return next(given);
    const code = connackCodeOf(reasonCode);
    shard.events.connectRefused(connect, clientId, connection.transport.remoteAddress, code);
    return refuse(connection, connect, code, 'not authorized', DenialReason.NotAuthorized); // [MQTT-3.1.4-2] [MQTT-4.12.0-4]
  };
  return whenAnswered(connection, answer, settled);
}

/** A will is a PUBLISH sent later: who may not send it now is told now. */
function askForWill(shard: Shard, connection: Connection, entrant: Entrant): FrameVerdict {
  const { will } = entrant.connect;
  const goOn = () => askForSession(shard, connection, entrant);
  if (will === undefined || !shard.access.checksPublish) return goOn();
  const answer = shard.access.publish(entrant, will.topicName, will.retain);
  return ask(shard, connection, entrant, answer, goOn);
}

/** The session of somebody else may be out of reach, and subscriptions of its own may be granted no longer. */
function askForSession(shard: Shard, connection: Connection, entrant: Entrant): FrameVerdict {
  const { connect, clientId } = entrant;
  const held = shard.sessions.find(clientId);
  if (held === undefined) return enter(shard, connection, entrant, NOTHING_REVOKED);
  if (shard.access.takeOver?.(entrant, held) === false) {
    shard.events.connectRefused(connect, clientId, entrant.remoteAddress, ReasonCode.NotAuthorized);
    const text = 'the client identifier belongs to another user';
    return refuse(connection, connect, ReasonCode.NotAuthorized, text, DenialReason.NotAuthorized);
  }
  if (connect.cleanStart) return enter(shard, connection, entrant, NOTHING_REVOKED);
  return whenAnswered(connection, revokedOf(shard, entrant, held), (revoked) => {
    // While the answer was open, another connection may have made or changed the session.
    if (shard.sessions.find(clientId) !== held) return askForSession(shard, connection, entrant);
    return enter(shard, connection, entrant, revoked);
  });
}

/** CONNACK with the reason and the end; what the client sent behind it is not looked at. [MQTT-3.1.4-6] */
function refuse(
  connection: Connection,
  { clientId, username }: ConnectPacket,
  reasonCode: number,
  text: string,
  reason: DenialReason = DenialReason.ConnectInvalid,
): FrameVerdict {
  const { shard, transport } = connection;
  const { remoteAddress, listener } = transport;
  shard.counters.connectionsRefused++;
  shard.counters.deny(reason);
  const fields = { clientId, username, listener, remoteAddress, reasonCode: `0x${reasonCode.toString(16)}` };
  shard.clientLog.info(addressKeyOf(remoteAddress), fields, `CONNECT refused: ${text}`);
  endConnection(connection, reasonCode, text); // [MQTT-3.2.2-7] [v3.1.1 MQTT-3.2.2-5]
  return FrameVerdict.Stop;
}

function refuseBanned(connection: Connection, connect: ConnectPacket): FrameVerdict {
  return refuse(connection, connect, ReasonCode.Banned, 'banned', DenialReason.Banned);
}

function enter(shard: Shard, connection: Connection, entrant: Entrant, revoked: Revoked): FrameVerdict {
  const { connect, clientId, username, remoteAddress } = entrant;
  // Once more: the Access may have taken its time, and has said under which name the client acts.
  if (shard.guard.isBanned(username, clientId, remoteAddress)) return refuseBanned(connection, connect);
  if (isFull(shard, clientId)) {
    return refuse(connection, connect, ReasonCode.ServerBusy, 'too many connections', DenialReason.ConnectionsFull);
  }
  // Before the session is touched: who cannot be answered must not take it over.
  const connack = connackFor(shard.options, connect, clientId);
  if (connack === null) {
    return refuse(connection, connect, ReasonCode.ImplementationSpecificError, 'maximum packet size is too small');
  }
  const { session, isPresent } = shard.sessions.open(connection, connect, clientId, entrant); // [MQTT-3.1.4-4]
  shard.placements?.connectOver(connection);
  admit(shard, connection, entrant);
  const answer = { ...connack, sessionPresent: isPresent }; // [MQTT-3.2.2-2] [MQTT-3.2.2-3]
  const frame = encodeControl(answer, connection.protocolVersion);
  connection.out.append(frame, 0, frame.length); // [MQTT-3.1.4-5] [MQTT-3.2.0-1] [MQTT-3.2.0-2]
  shard.counters.connectionsAccepted++;
  if (isPresent) endRevoked(shard, session, revoked);
  shard.outbound.resume(session);
  shard.events.connected(session);
  return FrameVerdict.Continue;
}

/** A client that takes over its own session adds no connection. */
function isFull({ options, sessions, peers }: Shard, clientId: string): boolean {
  const { maxConnections } = options;
  if (maxConnections === 0 || sessions.onlineCount + peers.onlineElsewhere < maxConnections) return false;
  const own = sessions.find(clientId);
  return own === undefined || own.connection === null;
}

function admit(shard: Shard, connection: Connection, { connect, expiresAtMs }: Entrant): void {
  const { options, turn, wheel } = shard;
  connection.state = ConnectionState.Connected;
  connection.connectedAtMs = turn.nowMs;
  connection.rate = rateLimiterFor(connection, options);
  shard.guard.handshakeOver(connection);
  connection.inheritedIds = (connection.session as Session).inboundIds?.size ?? 0; // [MQTT-4.9.0-1]
  connection.reader.maxPacketBytes = options.maxPacketBytes; // [MQTT-3.2.2-15]
  if (connect.topicAliasMaximum > 0) {
    connection.aliasesOut = new TopicAliasesOut(Math.min(connect.topicAliasMaximum, MAX_ALIASES_OUT));
  }
  const keepAliveSeconds = (connection.session as Session).keepAliveSeconds;
  connection.keepAliveLimitMs = keepAliveSeconds * 1000 * options.keepAliveMultiplier;
  if (connection.keepAliveLimitMs > 0) wheel.schedule(connection.timer, turn.nowMs + connection.keepAliveLimitMs);
  else wheel.cancel(connection.timer);
  if (expiresAtMs < Number.POSITIVE_INFINITY) {
    connection.credentialsTimer = new WheelTimer({ timerDue: () => credentialsEnded(connection) });
    wheel.schedule(connection.credentialsTimer, expiresAtMs);
  }
}
