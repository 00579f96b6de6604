import { describe, expect, it } from 'vitest';
import { CertificateAuthenticator } from '../src/certificate-authenticator.ts';
import { connectRequest, peerCertificate } from './connect-request.ts';

describe('a client certificate', () => {
  it.each([
    ['cn', 'meter-7'],
    ['subject', 'CN=meter-7,O=Example'],
  ] as const)('gives the user name by its %s until it ends, whatever CONNECT says', (part, username) => {
    for (const facts of [{}, { username: 'admin', password: 'x' }]) {
      const request = connectRequest({ ...facts, peerCertificate: peerCertificate('meter-7') });
      expect(new CertificateAuthenticator(part).authenticate(request)).toEqual({
        kind: 'admit',
        username,
        expiresAtMs: 2_000_000_000_000,
      });
    }
  });

  it('that is not there is for the next', () => {
    expect(new CertificateAuthenticator('cn').authenticate(connectRequest({ username: 'u' }))).toEqual({
      kind: 'ignore',
    });
  });

  it('without a name admits nobody, also with a good password', () => {
    const facts = { username: 'u', password: 'good' };
    const verdicts = [
      new CertificateAuthenticator('cn').authenticate(
        connectRequest({ ...facts, peerCertificate: peerCertificate(null) }),
      ),
      new CertificateAuthenticator('cn').authenticate(
        connectRequest({ ...facts, peerCertificate: peerCertificate('') }),
      ),
      new CertificateAuthenticator('subject').authenticate(
        connectRequest({ ...facts, peerCertificate: peerCertificate('x', '') }),
      ),
    ];
    expect(verdicts).toEqual(verdicts.map(() => ({ kind: 'refuse', reasonCode: 0x87 })));
  });
});
