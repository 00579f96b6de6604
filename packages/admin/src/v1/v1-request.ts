import type { Response } from 'express';
import { type Failure, failure } from '../http/failure.ts';
import type { ApiError } from '../result-code.ts';
import { noteEcho } from './v1-echo.ts';
import { type V1Request, type V1RequestCode, v1RequestSchema, v1RequestSchemas } from './v1-schemas.ts';

/**
 * Checks the body of a request whole and notes what the error reply repeats.
 * @throws ApiError 400: 109 no object, 107 `req`, `seq`, `data` or `action` missing, 108 anything else
 */
export function readV1Request(body: unknown, response: Response): V1Request {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw failure('ILLEGAL_JSON', 'the body is no JSON object');
  }
  noteEcho(response, body);
  const fields = body as Readonly<Record<string, unknown>>;
  for (const name of ['req', 'seq']) if (fields[name] === undefined) throw missing(name);
  if (!Number.isSafeInteger(fields.req)) throw failure('PARAMETER_ERROR', 'req: an integer is expected');
  if (!isServed(fields.req)) throw failure('PARAMETER_ERROR', `req: there is no request code ${String(fields.req)}`);
  const checked = v1RequestSchemas[fields.req].safeParse(fields);
  if (checked.success) return v1RequestSchema.parse(fields);
  const issue = checked.error.issues[0];
  const path = issue?.path ?? [];
  if (path.length === 1 && fields[String(path[0])] === undefined) throw missing(String(path[0]));
  throw failure('PARAMETER_ERROR', `${path.join('.')}: ${issue?.message ?? 'not valid'}`);
}

function isServed(req: unknown): req is V1RequestCode {
  return Object.hasOwn(v1RequestSchemas, String(req));
}

function missing(name: string): ApiError {
  const row: Failure = 'PARAMETER_MISSING';
  return failure(row, `${name}: required`);
}
