import { Router } from 'express';
import type { AdminParts } from '../admin-options.ts';

/** `/api/openapi.json` and `/api/docs`, mounted on the root behind access. */
export function createOpenApiRouter(_parts: AdminParts): Router {
  return Router({ caseSensitive: true });
}
