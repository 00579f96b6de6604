import type { NextFunction, Request, Response } from 'express';
import { failure } from '../http/failure.ts';

/**
 * Refuses what a browser sends on behalf of a foreign web page. Bodies are read whatever their Content-Type, and a
 * browser adds the administrator's credentials by itself: without this any page could stop the broker.
 * Programs send neither header and are not affected.
 */
export function ownPagesOnly(request: Request, _response: Response, next: NextFunction): void {
  const site = request.headers['sec-fetch-site'];
  if (site === undefined ? !isOwnOrigin(request) : !isOwnSite(site, request)) {
    throw failure('FORBIDDEN', 'Origin: requests on behalf of other web sites are refused');
  }
  next();
}

/** A link from elsewhere may be followed; what it opens only shows. */
function isOwnSite(site: string | string[], request: Request): boolean {
  const isLink = request.method === 'GET' && request.headers['sec-fetch-mode'] === 'navigate';
  return site === 'same-origin' || site === 'none' || isLink;
}

/** For browsers that send only `Origin`. */
function isOwnOrigin({ headers: { origin, host } }: Request): boolean {
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host);
}
