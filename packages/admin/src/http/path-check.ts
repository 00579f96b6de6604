import type { NextFunction, Request, Response } from 'express';
import { failure } from './failure.ts';

/** Refuses a path that cannot be percent-decoded, before any route looks at its parts. */
export function wellFormedPath(request: Request, _response: Response, next: NextFunction): void {
  try {
    decodeURIComponent(request.path);
  } catch {
    throw failure('PARAMETER_ERROR', 'path: malformed percent-encoding');
  }
  next();
}
