import type { NextFunction, Request, Response } from 'express';
import { setEcho } from '../http/reply-echo.ts';
import { jsonBody, readBody } from '../http/request-body.ts';
import { ApiError } from '../result-code.ts';

/** Of a caller who is not known no more than this is read. */
const MAX_UNKNOWN_BYTES = 16_384;

/** Notes `seq` and `req` of a body for the error reply, each if it is an integer. */
export function noteEcho(response: Response, body: unknown): void {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return;
  const { seq, req } = body as { readonly seq?: unknown; readonly req?: unknown };
  setEcho(response, {
    ...(typeof seq === 'number' && Number.isSafeInteger(seq) ? { seq } : {}),
    ...(typeof req === 'number' && Number.isSafeInteger(req) ? { rep: req } : {}),
  });
}

/**
 * An error handler before the one that answers: a caller refused for its credentials gets its `seq` back too, although
 * its body has not been read yet.
 */
export async function echoUnreadBody(
  error: unknown,
  request: Request,
  response: Response,
  next: NextFunction,
): Promise<void> {
  if (error instanceof ApiError && error.status === 401 && !response.headersSent) {
    try {
      await readBody(request, MAX_UNKNOWN_BYTES);
      noteEcho(response, jsonBody(request));
    } catch {
      // What cannot be read is not repeated; the answer is the first error.
    }
  }
  next(error);
}
