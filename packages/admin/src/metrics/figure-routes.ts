import { z } from 'zod';
import type { AdminParts } from '../admin-options.ts';
import type { BridgeView } from '../ports/bridge-port.ts';
import { count } from '../v4/reply-schemas.ts';
import type { Route } from '../v4/route.ts';
import { droppedIn } from './bridge-metrics.ts';
import { ProcessUsage } from './process-usage.ts';
import { PrometheusV4 } from './prometheus-v4.ts';

/** The media type of Prometheus's text format. */
export const PROMETHEUS_TEXT = 'text/plain; version=0.0.4; charset=utf-8';

/** The keys of a bridge, literally as NanoMQ has them. */
const bridgeFiguresSchema = z.strictObject({
  'bridge name': z.string(),
  'sent messages': count,
  'received messages': count,
  'sent bytes': count,
  'received bytes': count,
  'MQTT reconnect times': count,
  'uplink msg dropped': count,
  'downlink msg dropped': count,
});

const metricsReply = z.strictObject({
  metrics: z.array(bridgeFiguresSchema).describe('one entry for each bridge'),
  cpuinfo: z.string().describe('`0.00%` of one processor, since the question before'),
  memory: z.string().describe('resident bytes'),
  connections: count.describe('clients online'),
});

/** `GET /metrics` and `GET /prometheus` of API v4. */
export function figureRoutes({ admin, bridges }: AdminParts): readonly Route[] {
  const usage = new ProcessUsage();
  const prometheus = new PrometheusV4();
  return [
    {
      method: 'GET',
      path: '/metrics',
      name: 'list_metrics',
      description: 'Figures of the process and of bridges; without a `code`, as in NanoMQ',
      reply: { json: metricsReply },
      failures: [],
      handle: async (_request, response) => {
        const { connections } = await admin.figures();
        const cpuinfo = `${usage.cpuPercent().toFixed(2)}%`;
        const metrics = ((await bridges?.bridges()) ?? []).map(bridgeFigures);
        response.json({ metrics, cpuinfo, memory: String(usage.residentBytes()), connections });
      },
    },
    {
      method: 'GET',
      path: '/prometheus',
      name: 'list_prometheus_metrics',
      description: "Metrics under NanoMQ's names, in Prometheus's text format; `/metrics` at the root has more",
      reply: { text: 'text/plain' },
      failures: [],
      handle: async (_request, response) => {
        const figures = await admin.figures();
        const sample = { figures, residentBytes: usage.residentBytes(), cpuPercent: usage.cpuPercent() };
        response.setHeader('Content-Type', PROMETHEUS_TEXT);
        response.end(prometheus.render(sample));
      },
    },
  ];
}

function bridgeFigures({ name, status }: BridgeView): z.infer<typeof bridgeFiguresSchema> {
  return {
    'bridge name': name,
    'sent messages': status.sentMessages,
    'received messages': status.receivedMessages,
    'sent bytes': status.sentBytes,
    'received bytes': status.receivedBytes,
    'MQTT reconnect times': status.reconnects,
    'uplink msg dropped': droppedIn(status.droppedOutByReason),
    'downlink msg dropped': droppedIn(status.droppedInByReason),
  };
}
