import { Refusal, type RefusalReason } from '../entry/refusal.ts';

/** What OpenSSL says of a client's certificate that does not verify, by our reason. */
const VERIFICATION = new Map<string, RefusalReason>([
  ['UNABLE_TO_GET_ISSUER_CERT', 'wrongCa'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'wrongCa'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'wrongCa'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'wrongCa'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'wrongCa'],
  ['CERT_UNTRUSTED', 'wrongCa'],
  ['CERT_SIGNATURE_FAILURE', 'wrongCa'],
  ['CERT_HAS_EXPIRED', 'certificateExpired'],
  ['CERT_REVOKED', 'certificateRevoked'],
  ['CRL_HAS_EXPIRED', 'crlUnusable'],
  ['CRL_NOT_YET_VALID', 'crlUnusable'],
  ['CRL_SIGNATURE_FAILURE', 'crlUnusable'],
  ['UNABLE_TO_GET_CRL', 'crlUnusable'],
]);

/** Begin of the names of alerts by which a client rejects the listener's certificate. */
const REJECTIONS = [
  'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
  'ERR_SSL_SSL/TLS_ALERT_UNKNOWN_CA',
  'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE',
  'ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE',
  'ERR_SSL_SSLV3_ALERT_CERTIFICATE_',
  'ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_',
];

/** @param code  why the certificate of a client does not verify, as `tls.TLSSocket.authorizationError` has it */
export function verificationRefusal(code: string): Refusal {
  return new Refusal(VERIFICATION.get(code) ?? 'certificateInvalid', code);
}

/** @param error  what `tls.Server` told with `tlsClientError` */
export function handshakeRefusal(error: NodeJS.ErrnoException): Refusal {
  const code = error.code ?? '';
  if (code === 'ECONNRESET' || code === 'EPIPE') return new Refusal('closed', code);
  if (REJECTIONS.some((start) => code.startsWith(start))) return new Refusal('tlsRejected', code);
  return new Refusal('tlsProtocol', code);
}
