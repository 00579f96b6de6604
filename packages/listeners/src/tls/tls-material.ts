import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { subjectOf } from './subject-of.ts';
import { TlsFilesError } from './tls-files-error.ts';
import type { TlsOptions } from './tls-options.ts';

const CERTIFICATES = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^-]*-----END (?:TRUSTED )?CERTIFICATE-----/g;
const REVOCATION_LISTS = /-----BEGIN X509 CRL-----[^-]*-----END X509 CRL-----/g;

/** What an operator may know of a listener's certificate. */
export interface CertificateFacts {
  /** Distinguished name, one line; '' where it has none. */
  readonly subject: string;
  /** SHA-256: 32 upper-case hexadecimal bytes with `:` between. */
  readonly fingerprint256: string;
  /** Validity, milliseconds since 1970. */
  readonly validFromMs: number;
  readonly validToMs: number;
}

/** Checked contents of the files, ready for handshakes. */
export interface TlsMaterial {
  readonly context: SecureContextOptions;
  readonly verifyPeer: boolean;
  readonly failIfNoPeerCert: boolean;
  readonly certificate: CertificateFacts;
}

/** Contents of the files that were named. */
interface Contents {
  readonly cert: string;
  readonly key: string;
  readonly ca: string | undefined;
  readonly crl: string | undefined;
}

/**
 * Reads the files and checks that they fit: the key belongs to the certificate, CA and revocation list are there and
 * readable, OpenSSL takes the whole.
 * @throws TlsFilesError with what does not fit. Dates are not checked: see `assertInDate`
 */
export async function loadTlsMaterial(options: TlsOptions): Promise<TlsMaterial> {
  const { certFile, keyFile, caFile, crlFile, verifyPeer = false, failIfNoPeerCert = false } = options;
  // Without a CA of its own, Node would take a client's certificate from any public CA.
  if (verifyPeer && caFile === undefined) throw new TlsFilesError('TLS_CA_MISSING', '');
  const contents: Contents = {
    cert: await read(certFile),
    key: await read(keyFile),
    ca: caFile === undefined ? undefined : await read(caFile),
    crl: crlFile === undefined ? undefined : await read(crlFile),
  };
  const certificate = firstCertificate(contents.cert, certFile);
  if (!certificate.checkPrivateKey(privateKey(contents.key, options))) {
    throw new TlsFilesError('TLS_KEY_MISMATCH', keyFile);
  }
  if (contents.ca !== undefined) assertCertificates(contents.ca, caFile ?? '');
  const context = contextOptions(contents, options);
  assertAccepted(context);
  return { context, verifyPeer, failIfNoPeerCert, certificate: factsOf(certificate) };
}

/** @throws TlsFilesError when the certificate has expired, or is not valid yet */
export function assertInDate({ certificate }: TlsMaterial, certFile: string, nowMs: number): void {
  if (certificate.validToMs <= nowMs) throw new TlsFilesError('TLS_CERTIFICATE_EXPIRED', certFile);
  if (certificate.validFromMs > nowMs) throw new TlsFilesError('TLS_CERTIFICATE_NOT_YET_VALID', certFile);
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new TlsFilesError('TLS_FILE_UNREADABLE', file, error);
  }
}

function firstCertificate(pem: string, file: string): X509Certificate {
  const [first] = pem.match(CERTIFICATES) ?? [];
  if (first === undefined) throw new TlsFilesError('TLS_CERTIFICATE_INVALID', file);
  try {
    return new X509Certificate(first);
  } catch (error) {
    throw new TlsFilesError('TLS_CERTIFICATE_INVALID', file, error);
  }
}

function privateKey(pem: string, { keyFile, keyPassword }: TlsOptions): KeyObject {
  try {
    return createPrivateKey({ key: pem, ...(keyPassword !== undefined && { passphrase: keyPassword }) });
  } catch (error) {
    throw new TlsFilesError('TLS_KEY_INVALID', keyFile, error);
  }
}

/** An empty or broken file must not end as "no CA": then nobody, or anybody, would verify. */
function assertCertificates(pem: string, file: string): void {
  const all = pem.match(CERTIFICATES) ?? [];
  try {
    for (const one of all) new X509Certificate(one);
  } catch (error) {
    throw new TlsFilesError('TLS_CA_INVALID', file, error);
  }
  if (all.length === 0) throw new TlsFilesError('TLS_CA_INVALID', file);
}

function contextOptions({ cert, key, ca, crl }: Contents, options: TlsOptions): SecureContextOptions {
  const { keyPassword, ciphers, minVersion = 'TLSv1.2', maxVersion = 'TLSv1.3', crlFile = '' } = options;
  // OpenSSL takes that, and then no client.
  if (minVersion > maxVersion) throw new TlsFilesError('TLS_SETTINGS_INVALID', '');
  return {
    cert,
    key,
    minVersion,
    maxVersion,
    ...(ca !== undefined && { ca }),
    ...(crl !== undefined && { crl: revocationLists(crl, crlFile) }),
    ...(keyPassword !== undefined && { passphrase: keyPassword }),
    ...(ciphers !== undefined && { ciphers }),
  };
}

/** One text each: Node reads only the first list of a text. */
function revocationLists(pem: string, file: string): string[] {
  const lists = pem.match(REVOCATION_LISTS) ?? [];
  if (lists.length === 0) throw new TlsFilesError('TLS_CRL_INVALID', file);
  try {
    for (const crl of lists) createSecureContext({ crl });
  } catch (error) {
    throw new TlsFilesError('TLS_CRL_INVALID', file, error);
  }
  return lists;
}

function assertAccepted(context: SecureContextOptions): void {
  try {
    createSecureContext(context);
  } catch (error) {
    throw new TlsFilesError('TLS_SETTINGS_INVALID', '', error);
  }
}

function factsOf(certificate: X509Certificate): CertificateFacts {
  return {
    subject: subjectOf(certificate),
    fingerprint256: certificate.fingerprint256,
    validFromMs: Date.parse(certificate.validFrom),
    validToMs: Date.parse(certificate.validTo),
  };
}
