import type { RetainedPublisher } from '@nanomq-ts/core';
import type { FieldReader } from './field-reader.ts';
import type { FieldWriter } from './field-writer.ts';
import { RecordFlag } from './layout.ts';

export function publisherFlags(publisher: RetainedPublisher | null): number {
  if (publisher === null) return 0;
  return RecordFlag.Publisher | (publisher.username === undefined ? 0 : RecordFlag.Username);
}

export function writePublisher(to: FieldWriter, publisher: RetainedPublisher | null): void {
  if (publisher === null) return;
  to.text(publisher.clientId).text(publisher.remoteAddress);
  if (publisher.username !== undefined) to.text(publisher.username);
}

export function readPublisher(from: FieldReader, flags: number): RetainedPublisher | null {
  if ((flags & RecordFlag.Publisher) === 0) return null;
  const clientId = from.text();
  const remoteAddress = from.text();
  return { clientId, remoteAddress, username: (flags & RecordFlag.Username) === 0 ? undefined : from.text() };
}
