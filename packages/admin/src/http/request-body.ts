import type { IncomingMessage } from 'node:http';
import type { NextFunction, Request, Response } from 'express';
import { failure } from './failure.ts';
import { Note } from './note.ts';

const bodies = new Note<IncomingMessage, Buffer>();
const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/** The bytes of the body as they came; empty when there was none or it has not been read. */
export function rawBody(request: IncomingMessage): Buffer {
  return bodies.get(request) ?? Buffer.alloc(0);
}

/**
 * The body as JSON, whatever its Content-Type says: curl's `-d` sends a form type.
 * @throws ApiError 400/109 when it is empty, not UTF-8 or not JSON
 */
export function jsonBody(request: IncomingMessage): unknown {
  const bytes = rawBody(request);
  if (bytes.length === 0) throw failure('ILLEGAL_JSON', 'the body is empty, a JSON object is expected');
  try {
    return JSON.parse(strictUtf8.decode(bytes));
  } catch {
    throw failure('ILLEGAL_JSON', 'the body is not legal JSON');
  }
}

/** The body as UTF-8 text. @throws ApiError 400/108 when it is not UTF-8 */
export function textBody(request: IncomingMessage): string {
  try {
    return strictUtf8.decode(rawBody(request));
  } catch {
    throw failure('PARAMETER_ERROR', 'body: not UTF-8');
  }
}

/** Reads the whole body before the routes run; `jsonBody`, `textBody` and `rawBody` give it. `maxBytes` is asked each time. */
export function readBodies(maxBytes: () => number) {
  return async (request: Request, _response: Response, next: NextFunction): Promise<void> => {
    await readBody(request, maxBytes());
    next();
  };
}

/**
 * Reads one body into memory. What exceeds is not waited for: Node discards it while the answer is under way, so that
 * the caller gets to read the answer.
 * @param maxBytes  bytes taken
 * @throws ApiError 413 beyond `maxBytes`, 415 for a compressed body; rejects when the connection ends first
 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<void> {
  if (bodies.get(request) !== undefined) return;
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw failure('BODY_ENCODED', 'Content-Encoding: compressed bodies are not taken');
  }
  if (request.destroyed) throw endedEarly();
  // Node has checked that the header is one number.
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  bodies.set(request, await collect(request, maxBytes));
}

function collect(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const settle = (error: Error | null): void => {
      request.off('data', dataReceived).off('end', ended).off('error', aborted).off('close', aborted);
      if (error === null) resolve(Buffer.concat(chunks, length));
      else reject(error);
    };
    const dataReceived = (chunk: Buffer): void => {
      length += chunk.length;
      if (length > maxBytes) {
        request.resume();
        settle(tooLarge(maxBytes));
      } else chunks.push(chunk);
    };
    const ended = (): void => settle(null);
    const aborted = (): void => settle(endedEarly());
    request.on('data', dataReceived).on('end', ended).on('error', aborted).on('close', aborted);
  });
}

function tooLarge(maxBytes: number): Error {
  return failure('BODY_TOO_LARGE', `the body is larger than http_server.max_body (${maxBytes} bytes)`);
}

function endedEarly(): Error {
  return failure('PARAMETER_ERROR', 'the body ended early');
}
