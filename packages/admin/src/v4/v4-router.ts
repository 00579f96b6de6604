import { type NextFunction, type Request, type Response, Router } from 'express';
import type { AdminParts } from '../admin-options.ts';
import { failure } from '../http/failure.ts';
import { mountRoutes } from './route.ts';
import { v4Routes } from './v4-routes.ts';

const METHODS = ['GET', 'POST', 'PUT', 'DELETE'];

/** API v4, mounted on `/api/v4` behind access and body. `parts.options` is read at each use: it may change. */
export function createV4Router(parts: AdminParts): Router {
  const router = Router({ caseSensitive: true });
  router.use(knownMethod);
  mountRoutes(router, v4Routes(parts));
  return router;
}

/** Express would answer HEAD and OPTIONS by itself. A known method at a path without it is an unknown path. */
function knownMethod(request: Request, response: Response, next: NextFunction): void {
  if (!METHODS.includes(request.method)) {
    response.setHeader('Allow', METHODS.join(', '));
    throw failure('UNKNOWN_METHOD', `method: must be ${METHODS.join(', ')}`);
  }
  next();
}
