import type { PeerMember } from '@nanomq-ts/core';
import type { FieldReader } from './field-reader.ts';
import type { FieldWriter } from './field-writer.ts';
import { RecordFlag } from './layout.ts';

export function memberFlags({ hasWildcard, isOnline }: PeerMember): number {
  return (hasWildcard ? RecordFlag.Wildcard : 0) | (isOnline ? RecordFlag.Online : 0);
}

export function writeMember(to: FieldWriter, { topicFilter, filterKey, clientId }: PeerMember): void {
  to.text(topicFilter).key(filterKey).text(clientId);
}

export function readMember(from: FieldReader, flags: number): PeerMember {
  return {
    topicFilter: from.text(),
    filterKey: from.key(),
    clientId: from.text(),
    hasWildcard: (flags & RecordFlag.Wildcard) !== 0,
    isOnline: (flags & RecordFlag.Online) !== 0,
  };
}
