/** Why a connection is closed before MQTT, or by the rules of what carries MQTT: what the log says of each. */
const TEXTS = {
  denied: 'the address is not admitted',
  timeout: 'the handshake took too long',
  closed: 'the client closed the connection during the handshake',
  proxyUntrusted: 'the PROXY protocol is not trusted from this address',
  proxyMalformed: 'the PROXY protocol header is malformed or missing',
  tlsProtocol: 'TLS handshake failed: the client does not speak TLS as it is set up here',
  tlsRejected: 'TLS handshake failed: the client rejects the certificate of this listener',
  noCertificate: 'TLS handshake failed: the client showed no certificate',
  wrongCa: 'TLS handshake failed: the certificate of the client was signed by an unknown CA',
  certificateExpired: 'TLS handshake failed: the certificate of the client has expired',
  certificateRevoked: 'TLS handshake failed: the certificate of the client is revoked',
  crlUnusable: 'TLS handshake failed: the revocation list is expired or missing for this CA',
  certificateInvalid: 'TLS handshake failed: the certificate of the client is not valid',
  http: 'not a WebSocket handshake',
  wsPath: 'the WebSocket path is not served here',
  wsOrigin: 'the WebSocket origin is not allowed',
  wsSubprotocol: 'the WebSocket client offers no MQTT subprotocol',
  wsText: 'the WebSocket client sent a frame that is not binary',
  wsFrame: 'the WebSocket client sent a frame that is malformed or too large',
  wsUnanswered: 'the WebSocket client sent too much before the broker had answered it',
  fault: 'the broker failed at the handshake',
} as const;

/** Label of a reason, in counters and logs. */
export type RefusalReason = keyof typeof TEXTS;

/** How often each reason led to a refusal, since the listener was opened. */
export type RefusalCounts = Readonly<Record<RefusalReason, number>>;

/** All reasons, in a fixed order. */
export const REFUSAL_REASONS = Object.keys(TEXTS) as readonly RefusalReason[];

/** What a reason means, one line for the log. */
export function refusalText(reason: RefusalReason): string {
  return TEXTS[reason];
}

/** The answer of a stage that does not let a connection pass. */
export class Refusal {
  readonly reason: RefusalReason;
  /** What the system or OpenSSL calls it (`CERT_HAS_EXPIRED`), '' when there is nothing to add. */
  readonly code: string;

  constructor(reason: RefusalReason, code = '') {
    this.reason = reason;
    this.code = code;
  }
}
