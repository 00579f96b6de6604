import { Router } from 'express';
import type { AdminParts } from '../admin-options.ts';
import { mountRoutes, type Route } from '../v4/route.ts';
import { BrokerMetrics, type Scrape } from './broker-metrics.ts';
import { eventLoopDelay } from './event-loop-delay.ts';
import { PROMETHEUS_TEXT } from './figure-routes.ts';

/** `GET /metrics`, mounted on the root behind access. */
export function createMetricsRouter(parts: AdminParts): Router {
  const router = Router({ caseSensitive: true });
  mountRoutes(router, metricsRoutes(parts));
  return router;
}

/** `GET /metrics`. Scrapes at the same time share one look at the broker. */
export function metricsRoutes(parts: AdminParts): readonly Route[] {
  const metrics = new BrokerMetrics(parts.identity, eventLoopDelay());
  let scraping: Promise<string> | null = null;
  const scrape = (): Promise<string> => {
    scraping ??= look(parts)
      .then((seen) => metrics.render(seen))
      .finally(() => {
        scraping = null;
      });
    return scraping;
  };
  return [
    {
      method: 'GET',
      path: '/metrics',
      name: 'scrape_metrics',
      description: "Metrics of broker and process in Prometheus's text format",
      reply: { text: 'text/plain' },
      failures: [],
      handle: async (_request, response) => {
        const text = await scrape();
        response.setHeader('Content-Type', PROMETHEUS_TEXT);
        response.end(text);
      },
    },
  ];
}

async function look({ admin, listeners, bridges, bans }: AdminParts): Promise<Scrape> {
  const [figures, openListeners, allBridges, allBans] = await Promise.all([
    admin.figures(),
    listeners?.listeners(),
    bridges?.bridges(),
    bans?.bans(),
  ]);
  return { figures, listeners: openListeners ?? [], bridges: allBridges ?? [], bans: allBans?.length ?? 0 };
}
