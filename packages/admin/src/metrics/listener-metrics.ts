import type { CertificateView, ListenerView } from '../ports/listener-port.ts';
import type { ScrapedMetric } from './scraped-metric.ts';

type Listeners = readonly ListenerView[];

/** Metrics of listeners: what they refuse before MQTT begins, and their certificates. */
export const LISTENER_METRICS: readonly ScrapedMetric<Listeners>[] = [
  {
    name: 'nanomq_network_connections',
    kind: 'gauge',
    help: 'Network connections by listener, those in a handshake too',
    label: 'listener',
    read: (listeners) => byName(listeners, ({ connections }) => connections),
  },
  {
    name: 'nanomq_handshakes_refused_total',
    kind: 'counter',
    help: 'Network connections closed before MQTT began',
    label: 'reason',
    read: refusalsOf,
  },
  {
    name: 'nanomq_certificate_days',
    kind: 'gauge',
    help: 'Days of validity left of the certificate of a listener; negative once it has expired',
    label: 'listener',
    join: 'lowest',
    read: (listeners) => ofCertificates(listeners, ({ daysToExpiry }) => daysToExpiry),
  },
  {
    name: 'nanomq_certificate_reloads_total',
    kind: 'counter',
    help: 'Times other certificates of a listener took effect',
    label: 'listener',
    read: (listeners) => ofCertificates(listeners, ({ reloads }) => reloads),
  },
  {
    name: 'nanomq_certificate_reload_failures_total',
    kind: 'counter',
    help: 'Times other certificates of a listener were not good, and those before them stayed',
    label: 'listener',
    read: (listeners) => ofCertificates(listeners, ({ failedReloads }) => failedReloads),
  },
];

function byName(listeners: Listeners, read: (listener: ListenerView) => number): Record<string, number> {
  return Object.fromEntries(listeners.map((listener) => [listener.name, read(listener)]));
}

function ofCertificates(listeners: Listeners, read: (certificate: CertificateView) => number): Record<string, number> {
  return Object.fromEntries(
    listeners.flatMap(({ name, certificate }) => (certificate === null ? [] : [[name, read(certificate)]])),
  );
}

function refusalsOf(listeners: Listeners): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { refusedByReason } of listeners) {
    for (const [reason, connections] of Object.entries(refusedByReason)) {
      sums[reason] = (sums[reason] ?? 0) + connections;
    }
  }
  return sums;
}
