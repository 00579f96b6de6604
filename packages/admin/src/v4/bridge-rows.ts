import type { BridgeStatus } from '@nanomq-ts/core';
import type { BridgeView } from '../ports/bridge-port.ts';
import type { BridgeRow, BridgeStatusRow } from './bridge-schemas.ts';
import { isoTime } from './reply-schemas.ts';
import { bridgeNode } from './shown-sections.ts';

/** A bridge as API v4 shows it; secrets masked. */
export function bridgeRow({ name, settings, status }: BridgeView): BridgeRow {
  return { ...bridgeNode(name, settings), status: statusRow(status) };
}

function statusRow(status: BridgeStatus): BridgeStatusRow {
  const { lastError } = status;
  return {
    state: status.state,
    since: isoTime(status.sinceMs),
    server: status.server,
    connections: status.connections,
    last_error: lastError === null ? null : { text: lastError.text, at: isoTime(lastError.atMs) },
    reconnects: status.reconnects,
    backlog: {
      messages: status.backlogMessages,
      bytes: status.backlogBytes,
      oldest_seconds: status.oldestBacklogMs / 1000,
    },
    sent: { messages: status.sentMessages, bytes: status.sentBytes, rate: status.sentRate },
    received: { messages: status.receivedMessages, bytes: status.receivedBytes, rate: status.receivedRate },
    dropped_out: { ...status.droppedOutByReason },
    dropped_in: { ...status.droppedInByReason },
  };
}
