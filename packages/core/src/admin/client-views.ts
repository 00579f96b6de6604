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

/** Whether the view shows the session as it is now. Its connection, or that it has none, is what the view was made with. */
export function stillHolds(view: ClientView, session: Session): boolean {
  return (
    view.receivedMessages === session.receivedMessages &&
    view.subscriptionCount === (session.subscriptions?.size ?? 0) &&
    view.inflightMessages === (session.window?.count ?? 0) &&
    view.queuedMessages === (session.queue?.length ?? 0) &&
    // What CONNECT said stays as long as the connection; without one there may have been another since.
    (session.connection !== null || hasSameTerms(view, session))
  );
}

function hasSameTerms(view: ClientView, session: Session): boolean {
  return (
    view.connectedAtMs === session.connectedAtMs &&
    view.username === (session.username ?? '') &&
    view.remoteAddress === session.remoteAddress &&
    view.protocolVersion === session.protocolVersion &&
    view.keepAliveSeconds === session.keepAliveSeconds &&
    view.cleanStart === session.cleanStart &&
    view.sessionExpirySeconds === session.expirySeconds &&
    view.will?.topicName === session.will?.topicName &&
    view.will?.payload === session.will?.payload
  );
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
