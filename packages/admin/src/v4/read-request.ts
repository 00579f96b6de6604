import type { IncomingMessage } from 'node:http';
import type { Request } from 'express';
import type { z } from 'zod';
import { failure } from '../http/failure.ts';
import { jsonBody } from '../http/request-body.ts';
import type { ApiError } from '../result-code.ts';

/**
 * The query in the form of a schema. Names and values are percent-decoded; `+` stays `+`, because it is a wildcard of
 * topic filters. Entries without a value are skipped, as in NanoMQ.
 * @throws ApiError 400: 107 for a missing parameter, 108 for an unknown, repeated or wrong one
 */
export function readQuery<T extends z.ZodType>(schema: T, request: Request): z.output<T> {
  return readAs(schema, queryFields(request.originalUrl), 'query');
}

/**
 * The JSON body in the form of a schema.
 * @throws ApiError 400: 109 when it is no JSON object, 107 for a missing field, 108 for a wrong one
 */
export function readJson<T extends z.ZodType>(schema: T, request: IncomingMessage): z.output<T> {
  const body = jsonBody(request);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw failure('ILLEGAL_JSON', 'the body is no JSON object');
  }
  return readAs(schema, body, '');
}

/** The JSON body as a list whose items are checked one by one. @throws ApiError 400/109 when it is no array */
export function readJsonList(request: IncomingMessage): readonly unknown[] {
  const body = jsonBody(request);
  if (!Array.isArray(body)) throw failure('ILLEGAL_JSON', 'the body is no JSON array');
  return body;
}

/**
 * A value in the form of a schema.
 * @param where  begins the text of a refusal; '' = the text begins with the field
 * @throws ApiError 400: 107 for a missing field, 108 for anything else
 */
export function readAs<T extends z.ZodType>(schema: T, value: unknown, where: string): z.output<T> {
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  const issue = checked.error.issues[0];
  const path = issue?.path ?? [];
  const name = [where, ...path.map(String)].filter((part) => part !== '').join('.');
  if (path.length > 0 && valueAt(value, path) === undefined) throw failure('PARAMETER_MISSING', `${name}: required`);
  throw wrong(name, issue?.message ?? 'not valid');
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let found = value;
  for (const key of path) found = (found as Readonly<Record<PropertyKey, unknown>> | null | undefined)?.[key];
  return found;
}

function queryFields(url: string): Readonly<Record<string, string>> {
  const start = url.indexOf('?');
  const fields = new Map<string, string>();
  for (const entry of start < 0 ? [] : url.slice(start + 1).split('&')) {
    const at = entry.indexOf('=');
    if (at <= 0 || at === entry.length - 1) continue;
    const name = decoded(entry.slice(0, at));
    if (fields.has(name)) throw wrong(`query.${name}`, 'given more than once');
    fields.set(name, decoded(entry.slice(at + 1)));
  }
  return Object.fromEntries(fields);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw wrong('query', 'malformed percent-encoding');
  }
}

function wrong(name: string, text: string): ApiError {
  return failure('PARAMETER_ERROR', name === '' ? text : `${name}: ${text}`);
}
