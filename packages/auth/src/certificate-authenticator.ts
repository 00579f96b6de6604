import type { AuthenticationRequest } from '@nanomq-ts/core';
import { type Authenticator, IGNORE, type Verdict } from './authenticator.ts';
import { Reason } from './reason-code.ts';

/**
 * The client certificate, verified by its listener, is the client's name: the user name of CONNECT is not looked at. A
 * certificate that gives no name admits nobody.
 */
export class CertificateAuthenticator implements Authenticator {
  readonly name = 'certificate';
  readonly #part: 'cn' | 'subject';

  constructor(part: 'cn' | 'subject') {
    this.#part = part;
  }

  authenticate({ peerCertificate = null }: AuthenticationRequest): Verdict {
    if (peerCertificate === null) return IGNORE;
    const username = this.#part === 'cn' ? peerCertificate.commonName : peerCertificate.subject;
    if (username === null || username === '') return { kind: 'refuse', reasonCode: Reason.NotAuthorized };
    return { kind: 'admit', username, expiresAtMs: peerCertificate.validToMs };
  }
}
