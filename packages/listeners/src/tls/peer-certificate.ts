import type { TLSSocket } from 'node:tls';
import type { PeerCertificate } from '@nanomq-ts/core';
import { subjectOf } from './subject-of.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/** @returns what the verified certificate of the client says, null when it showed none */
export function peerCertificateOf(socket: TLSSocket): PeerCertificate | null {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return null;
  const name: unknown = socket.getPeerCertificate().subject?.CN;
  return {
    subject: subjectOf(certificate),
    // Several names are an array: whichever was taken, it could be the wrong one.
    commonName: typeof name === 'string' && !CONTROL.test(name) ? name : null,
    fingerprint256: certificate.fingerprint256,
    validToMs: Date.parse(certificate.validTo),
  };
}
