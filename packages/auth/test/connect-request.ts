import type { ConnectPacket } from '@nanomq-ts/codec';
import type { AuthenticationRequest, PeerCertificate } from '@nanomq-ts/core';

/** What a test says of a CONNECT. */
export interface ConnectFacts {
  readonly clientId?: string;
  readonly username?: string;
  readonly password?: string | Buffer;
  readonly protocolVersion?: 3 | 4 | 5;
  readonly remoteAddress?: string;
  readonly listener?: string;
  readonly peerCertificate?: PeerCertificate | null;
  /** What the client itself sent; the same as `clientId` when left out. */
  readonly sentClientId?: string;
}

/** A question to the Access port as the core asks it. */
export function connectRequest(facts: ConnectFacts = {}): AuthenticationRequest {
  const { clientId = 'c1', username, password, protocolVersion = 5, remoteAddress = '192.0.2.7' } = facts;
  const connect: ConnectPacket = {
    type: 'connect',
    protocolVersion,
    isBridge: false,
    clientId: facts.sentClientId ?? clientId,
    cleanStart: true,
    keepAliveSeconds: 0,
    username,
    password: typeof password === 'string' ? Buffer.from(password) : password,
    will: undefined,
    sessionExpirySeconds: 0,
    receiveMaximum: 65_535,
    maximumPacketBytes: 0,
    topicAliasMaximum: 0,
    requestResponseInformation: false,
    requestProblemInformation: true,
    authenticationMethod: undefined,
    authenticationData: undefined,
    userProperties: [],
  };
  const { listener = 'tcp:default', peerCertificate = null } = facts;
  return { connect, clientId, remoteAddress, listener, peerCertificate };
}

/** A certificate as a listener describes it. */
export function peerCertificate(commonName: string | null, subject = `CN=${commonName},O=Example`): PeerCertificate {
  return { subject, commonName, fingerprint256: 'AA:BB', validToMs: 2_000_000_000_000 };
}
