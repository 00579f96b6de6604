import type { AuthenticationRequest } from '@nanomq-ts/core';
import type { PlaceholderValues } from './http-question.ts';

/** The port of a listener, by its name; undefined = it has none. */
export type PortOf = (listener: string) => number | undefined;

/** What the placeholders stand for about a client. @param username  the one it acts under */
export function placeholdersFor(
  { connect, clientId, remoteAddress, listener, peerCertificate = null }: AuthenticationRequest,
  username: string | undefined,
  portOf: PortOf,
): PlaceholderValues {
  return {
    u: username,
    c: clientId,
    P: connect.password,
    a: remoteAddress === '' ? undefined : remoteAddress,
    p: portOf(listener)?.toString(),
    C: peerCertificate?.commonName ?? undefined,
    d: peerCertificate?.subject,
    r: connect.protocolVersion === 3 ? 'MQIsdp' : 'MQTT',
  };
}
