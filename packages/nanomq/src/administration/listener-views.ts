import type { CertificateView, ListenerView } from '@nanomq-ts/admin';
import type { Listener } from '@nanomq-ts/listeners';

/** An open listener as the administration shows it. It can be cloned between threads. */
export function listenerView(listener: Listener): ListenerView {
  const { name, kind, host, port, connectionCount, refusals, tls } = listener;
  return {
    name,
    kind,
    host,
    port,
    connections: connectionCount,
    refusedByReason: { ...refusals },
    certificate: tls === null ? null : certificateView(tls),
  };
}

function certificateView({ certificate }: NonNullable<Listener['tls']>): CertificateView {
  const { subject, fingerprint256, validToMs, daysToExpiry, reloads, failedReloads } = certificate;
  return { subject, fingerprint256, validToMs, daysToExpiry, reloads, failedReloads };
}
