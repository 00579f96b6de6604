import { X509Certificate } from 'node:crypto';
import { AuthError } from '../auth-error.ts';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/**
 * Checks the authorities that a server's certificate must come from. Node would take an empty text for its own list of
 * authorities, and skip what is no certificate.
 * @param pem  one certificate or several
 * @returns them
 * @throws AuthError HTTP_REQUEST_INVALID
 */
export function trustedAuthorities(pem: string): string {
  const found = pem.match(CERTIFICATE) ?? [];
  if (found.length === 0) throw new AuthError('HTTP_REQUEST_INVALID', 'there is no certificate of an authority');
  try {
    for (const certificate of found) new X509Certificate(certificate);
  } catch {
    throw new AuthError('HTTP_REQUEST_INVALID', 'a certificate of an authority is not valid');
  }
  return found.join('\n');
}
