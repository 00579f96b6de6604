import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { PemTexts } from '@nanomq-ts/admin';

/** A text of the TLS listener, by its name in the API. */
export type PemName = keyof PemTexts;

/** What is wrong with one of the texts. It quotes nothing of it. */
export interface PemFault {
  readonly name: PemName;
  readonly text: string;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/**
 * Whether PEM texts are what they should be, by themselves: whether they fit to what is in use shows when the listener
 * takes them.
 * @param keyPassword  of the private key; null = none
 */
export function checkPem({ key, cert, cacert }: PemTexts, keyPassword: string | null): PemFault | null {
  const certificates = cert === undefined ? [] : certificatesIn(cert);
  if (certificates === null) return { name: 'cert', text: 'must be certificates in PEM' };
  if (cacert !== undefined && certificatesIn(cacert) === null) {
    return { name: 'cacert', text: 'must be certificates in PEM' };
  }
  if (key === undefined) return null;
  const privateKey = keyIn(key, keyPassword);
  if (privateKey === null) return { name: 'key', text: 'must be a private key in PEM, and key_password its password' };
  const [own] = certificates;
  if (own === undefined || own.checkPrivateKey(privateKey)) return null;
  return { name: 'key', text: 'does not belong to the certificate' };
}

function certificatesIn(pem: string): readonly X509Certificate[] | null {
  const texts = pem.match(CERTIFICATE) ?? [];
  try {
    return texts.length === 0 ? null : texts.map((text) => new X509Certificate(text));
  } catch {
    return null;
  }
}

function keyIn(pem: string, password: string | null): KeyObject | null {
  try {
    return createPrivateKey({ key: pem, ...(password === null ? {} : { passphrase: password }) });
  } catch {
    return null;
  }
}
