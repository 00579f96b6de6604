import type { MessagePort } from 'node:worker_threads';
import type { Placement } from '@nanomq-ts/core';
import { CLAIM, type DirectoryRequest } from './directory-message.ts';
import type { SessionDirectory } from './session-directory.ts';

/**
 * Answers what the `DirectoryClient` of this shard asks over the port, each message with one.
 * @returns what ends it: what was asked before and comes later is not heard
 */
export function serveDirectory(port: MessagePort, sessions: SessionDirectory, shardId: Placement): () => void {
  const serve = (request: DirectoryRequest) => {
    const answer: Placement[] = [];
    for (const entry of request) {
      const clientId = entry.slice(CLAIM.length);
      if (entry.startsWith(CLAIM)) answer.push(sessions.claim(clientId, shardId));
      else sessions.release(clientId, shardId);
    }
    if (answer.length > 0) port.postMessage(answer);
  };
  port.on('message', serve);
  return () => {
    port.off('message', serve);
    port.close();
  };
}
