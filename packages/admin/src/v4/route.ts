import type { Request, Response, Router } from 'express';
import type { z } from 'zod';
import type { Failure } from '../http/failure.ts';

/** The methods API v4 knows. */
export type RouteMethod = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** What a route answers when it succeeds (status 200): JSON of a form, or text of a media type. */
export type RouteReply = { readonly json: z.ZodType } | { readonly text: string };

/** The body a route takes: JSON of a form, or text of a media type. */
export interface RouteBody {
  readonly content: { readonly json: z.ZodType } | { readonly text: string };
  /** The route means something else without a body. */
  readonly isOptional?: boolean;
}

/** What there is to say of an endpoint: the router, the list of endpoints and the OpenAPI document are made from it. */
export interface RouteDescription {
  readonly method: RouteMethod;
  /** In Express's notation, below the mount: `/clients/:clientid`. */
  readonly path: string;
  /** Unique: `list_clients`. */
  readonly name: string;
  readonly description: string;
  /** Name of a part of the path -> what it is. */
  readonly pathParameters?: Readonly<Record<string, string>>;
  /** A form whose keys are the parameters of the query; every value comes as text. */
  readonly query?: z.ZodObject;
  readonly body?: RouteBody;
  readonly reply: RouteReply;
  /** What it is refused with, beside what every route may be (credentials, limits, internal errors). */
  readonly failures: readonly Failure[];
}

/** Answers one request, or throws what it is refused with. */
export type RouteHandler = (request: Request, response: Response) => Promise<void> | void;

/** An endpoint. */
export interface Route extends RouteDescription {
  readonly handle: RouteHandler;
}

/** Puts the routes on a router, in order. */
export function mountRoutes(router: Router, routes: readonly Route[]): void {
  for (const { method, path, handle } of routes) router[METHODS[method]](path, handle);
}

const METHODS = { GET: 'get', POST: 'post', PUT: 'put', DELETE: 'delete' } as const;

/** A part of the path, percent-decoded. */
export function pathParameter(request: Request, name: string): string {
  const value = request.params[name];
  return typeof value === 'string' ? value : '';
}
