import type { X509Certificate } from 'node:crypto';

/**
 * The distinguished name of a certificate on one line, in the order of RFC 4514: Node writes one relative name a line,
 * in the certificate's order.
 * @returns '' for a certificate that names its owner by alternative names alone; Node tells undefined there
 */
export function subjectOf(certificate: X509Certificate): string {
  const subject = certificate.subject as string | undefined;
  return subject === undefined ? '' : subject.split('\n').reverse().join(',');
}
