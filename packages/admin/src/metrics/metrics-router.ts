import { Router } from 'express';
import type { AdminParts } from '../admin-options.ts';

/** `GET /metrics`, mounted on the root behind access. */
export function createMetricsRouter(_parts: AdminParts): Router {
  return Router({ caseSensitive: true });
}
