import type { PeerCertificate, RelayOrigin } from '@nanomq-ts/core';
import type { FieldReader } from './field-reader.ts';
import type { FieldWriter } from './field-writer.ts';
import { RecordFlag } from './layout.ts';

export function originFlags({ peerCertificate }: RelayOrigin): number {
  if (peerCertificate === null) return 0;
  return RecordFlag.Certificate | (peerCertificate.commonName === null ? 0 : RecordFlag.CommonName);
}

export function writeOrigin(to: FieldWriter, origin: RelayOrigin): void {
  to.text(origin.remoteAddress).count(origin.remotePort).text(origin.listener);
  if (origin.peerCertificate === null) return;
  const { subject, fingerprint256, validToMs, commonName } = origin.peerCertificate;
  to.text(subject).text(fingerprint256).number(validToMs);
  if (commonName !== null) to.text(commonName);
}

export function readOrigin(from: FieldReader, flags: number): RelayOrigin {
  return {
    remoteAddress: from.text(),
    remotePort: from.count(),
    listener: from.text(),
    peerCertificate: (flags & RecordFlag.Certificate) === 0 ? null : readCertificate(from, flags),
  };
}

function readCertificate(from: FieldReader, flags: number): PeerCertificate {
  return {
    subject: from.text(),
    fingerprint256: from.text(),
    validToMs: from.number(),
    commonName: (flags & RecordFlag.CommonName) === 0 ? null : from.text(),
  };
}
