import { Router } from 'express';
import type { AdminParts } from '../admin-options.ts';

/** API v4, mounted on `/api/v4` behind access and body. `parts.options` is read at each use: it may change. */
export function createV4Router(_parts: AdminParts): Router {
  return Router({ caseSensitive: true });
}
