import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { TLS_FILES_ERRORS, TlsFilesError } from '../../src/tls/tls-files-error.ts';
import { assertInDate, loadTlsMaterial } from '../../src/tls/tls-material.ts';
import type { TlsOptions } from '../../src/tls/tls-options.ts';
import { DevCerts } from '../dev-certs.ts';

const certs = DevCerts.make();
const good: TlsOptions = { certFile: certs.path('server.pem'), keyFile: certs.path('server.key') };
const encrypted = { ...good, keyFile: certs.path('server-encrypted.key') };
const file = (name: string, text: string) => {
  writeFileSync(certs.path(name), text);
  return certs.path(name);
};
const empty = file('empty.pem', '');
const broken = file(
  'broken.pem',
  certs
    .read('ca.pem')
    .toString()
    .replace(/\n[^\n]{20}/, '\nAAAAAAAAAAAAAAAAAAAA'),
);
const brokenList = file('broken-crl.pem', '-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n');

afterAll(() => certs.remove());

async function failure(options: TlsOptions): Promise<TlsFilesError> {
  try {
    await loadTlsMaterial(options);
  } catch (error) {
    if (error instanceof TlsFilesError) return error;
    throw error;
  }
  throw new Error('it was taken');
}

describe('loadTlsMaterial', () => {
  it('tells what an operator may know', async () => {
    const { certificate, verifyPeer, failIfNoPeerCert } = await loadTlsMaterial(good);
    expect([verifyPeer, failIfNoPeerCert]).toEqual([false, false]);
    expect(certificate.subject).toBe('O=nanomq-ts development,CN=localhost');
    expect(certificate.validFromMs).toBeLessThanOrEqual(Date.now());
    expect(certificate.validToMs).toBeGreaterThan(Date.now());
  });

  it('takes a certificate without a subject, as authorities make them today', async () => {
    certs.makeNameless();
    const { certificate } = await loadTlsMaterial({
      certFile: certs.path('nameless.pem'),
      keyFile: certs.path('nameless.key'),
    });
    expect(certificate.subject).toBe('');
  });

  it.each<[string, TlsOptions]>([
    ['an encrypted key with its password', { ...encrypted, keyPassword: 'dev-password' }],
    ['a password that is not needed', { ...good, keyPassword: 'dev-password' }],
    ['a chain, a CA and revocation lists', withTwoLists()],
  ])('takes %s', async (_, options) => {
    await expect(loadTlsMaterial(options)).resolves.toBeDefined();
  });

  it.each<[keyof typeof TLS_FILES_ERRORS, string, TlsOptions]>([
    ['TLS_FILE_UNREADABLE', 'no such certificate', { ...good, certFile: certs.path('none.pem') }],
    ['TLS_FILE_UNREADABLE', 'a folder for a key', { ...good, keyFile: certs.directory }],
    ['TLS_FILE_UNREADABLE', 'no such CA', { ...good, caFile: certs.path('none.pem') }],
    ['TLS_FILE_UNREADABLE', 'no such list', { ...good, crlFile: certs.path('none.pem') }],
    ['TLS_CERTIFICATE_INVALID', 'an empty certificate', { ...good, certFile: empty }],
    ['TLS_CERTIFICATE_INVALID', 'a broken certificate', { ...good, certFile: broken }],
    ['TLS_CERTIFICATE_INVALID', 'a key for a certificate', { ...good, certFile: certs.path('server.key') }],
    ['TLS_KEY_INVALID', 'a certificate for a key', { ...good, keyFile: certs.path('server.pem') }],
    ['TLS_KEY_INVALID', 'no password', encrypted],
    ['TLS_KEY_INVALID', 'a wrong password', { ...encrypted, keyPassword: 'canary-7f3a' }],
    ['TLS_KEY_MISMATCH', 'the key of another', { ...good, keyFile: certs.path('client.key') }],
    ['TLS_CA_MISSING', 'clients verified by nobody', { ...good, verifyPeer: true }],
    ['TLS_CA_INVALID', 'Mosquitto 2.0.8: an empty CA file', { ...good, verifyPeer: true, caFile: empty }],
    ['TLS_CA_INVALID', 'a broken CA', { ...good, verifyPeer: true, caFile: broken }],
    ['TLS_CRL_INVALID', 'an empty list', { ...good, crlFile: empty }],
    ['TLS_CRL_INVALID', 'a broken list', { ...good, crlFile: brokenList }],
    ['TLS_SETTINGS_INVALID', 'ciphers that do not exist', { ...good, ciphers: 'NONE-OF-THIS' }],
    ['TLS_SETTINGS_INVALID', 'no version left', { ...good, minVersion: 'TLSv1.3', maxVersion: 'TLSv1.2' }],
  ])('%s: %s', async (code, _, options) => {
    const error = await failure(options);
    expect(error.code).toBe(code);
    expect(error.message).toContain(TLS_FILES_ERRORS[code]);
    expect(`${error.message} ${error.cause}`).not.toMatch(/canary-7f3a|BEGIN/);
  });

  it.each([
    ['TLS_CERTIFICATE_EXPIRED', (to: number) => to],
    ['TLS_CERTIFICATE_NOT_YET_VALID', (_: number, from: number) => from - 1],
  ])('%s by the given time', async (code, time) => {
    const material = await loadTlsMaterial(good);
    const { validFromMs, validToMs } = material.certificate;
    expect(() => assertInDate(material, good.certFile, validFromMs)).not.toThrow();
    expect(() => assertInDate(material, good.certFile, validToMs - 1)).not.toThrow();
    const nowMs = time(validToMs, validFromMs);
    expect(() => assertInDate(material, good.certFile, nowMs)).toThrow(expect.objectContaining({ code }));
  });
});

function withTwoLists(): TlsOptions {
  const read = (name: string) => readFileSync(certs.path(name), 'utf8');
  return {
    certFile: file('chain.pem', read('server.pem') + read('ca.pem')),
    keyFile: good.keyFile,
    caFile: file('cas.pem', read('ca.pem') + read('stranger-ca.pem')),
    crlFile: file('crls.pem', `${read('crl.pem')}# the same again\n${read('crl.pem')}`),
    verifyPeer: true,
  };
}
