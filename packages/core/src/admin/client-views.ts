import type { ClientCriteria, ClientView } from '../ports/admin.ts';
import type { Session } from '../session/session.ts';
import type { SessionRegistry } from '../session/session-registry.ts';

/** What is shown of a client now. The payload of its will is shared with the session, where nothing changes it. */
export function clientView(session: Session): ClientView {
  const { will, connection } = session;
  return {
    clientId: session.clientId,
    username: session.username ?? '',
    isOnline: connection !== null,
    remoteAddress: session.remoteAddress,
    listener: connection?.transport.listener ?? '',
    protocolVersion: session.protocolVersion,
    keepAliveSeconds: session.keepAliveSeconds,
    cleanStart: session.cleanStart,
    sessionExpirySeconds: session.expirySeconds,
    connectedAtMs: session.connectedAtMs,
    receivedMessages: session.receivedMessages,
    subscriptionCount: session.subscriptions?.size ?? 0,
    inflightMessages: session.window?.count ?? 0,
    queuedMessages: session.queue?.length ?? 0,
    will: will === null ? null : { topicName: will.topicName, payload: will.payload },
  };
}

/** All sessions, oldest first, or the one that is asked for. May be walked over turns. */
export function sessionsFor(sessions: SessionRegistry, clientId: string | undefined): Iterable<Session> {
  if (clientId === undefined) return sessions.walk();
  const session = sessions.find(clientId);
  return session === undefined ? [] : [session];
}

/** Whether the client of the session is asked for; its identifier is not looked at. */
export function meetsCriteria(
  session: Session,
  { username, isOnline, cleanStart, protocolVersion }: ClientCriteria,
): boolean {
  return (
    (username === undefined || username === (session.username ?? '')) &&
    (isOnline === undefined || isOnline === (session.connection !== null)) &&
    (cleanStart === undefined || cleanStart === session.cleanStart) &&
    (protocolVersion === undefined || protocolVersion === session.protocolVersion)
  );
}
