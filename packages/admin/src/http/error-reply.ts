import { AdminError, type Logger } from '@nanomq-ts/core';
import type { NextFunction, Request, Response } from 'express';
import { ChangeRefused } from '../ports/config-port.ts';
import { ApiError, ResultCode } from '../result-code.ts';
import { failure } from './failure.ts';
import { echoOf } from './reply-echo.ts';

/** Longest `msg`; it may hold a name the caller chose. */
const MAX_MESSAGE = 500;

/** The last route: nothing else knew the path. */
export function unknownPath(_request: Request): never {
  throw failure('UNKNOWN_PATH', 'there is nothing at this path');
}

/** Answers everything thrown: the one place where an error becomes a reply. What nobody expected is logged. */
export function answerErrors(logger: Logger) {
  // Express knows an error handler by its four parameters.
  return (error: unknown, request: Request, response: Response, _next: NextFunction): void => {
    if (response.headersSent || response.destroyed) {
      // A stream that broke: the reply cannot be completed, so it must not look complete.
      if (!response.writableEnded) response.destroy();
      if (!(error instanceof ApiError)) logUnexpected(logger, error, request);
      return;
    }
    const known = toApiError(error);
    if (known === null) logUnexpected(logger, error, request);
    const { status, code, message } = known ?? failure('UNKNOWN_MISTAKE', 'an internal error, see the log');
    const msg = message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}...` : message;
    response.status(status).json({ code, ...echoOf(response), msg });
  };
}

/** The reply an error stands for; batches give one to each item. @returns null for what nobody expected */
export function toApiError(error: unknown): ApiError | null {
  if (error instanceof ApiError) return error;
  if (error instanceof AdminError) return ofAdminError(error);
  if (error instanceof ChangeRefused) return ofChangeRefused(error);
  // Express and its router: `status` says that the request was at fault.
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new ApiError(status, ResultCode.ParameterError, 'the request is not well formed');
  }
  return null;
}

function ofAdminError(error: AdminError): ApiError {
  switch (error.code) {
    case 'SHARD_TIMEOUT':
      return failure('RPC_ERROR', error.message);
    case 'INVALID_FILTER':
      return failure('ILLEGAL_SUBJECT', error.message);
    case 'INVALID_MESSAGE':
      return failure('PARAMETER_ERROR', error.message);
    case 'NOT_AUTHORIZED':
      return failure('FORBIDDEN', error.message);
  }
}

function ofChangeRefused(error: ChangeRefused): ApiError {
  switch (error.kind) {
    case 'invalid':
      return failure('PARAMETER_ERROR', error.message);
    case 'syntax':
      return failure('ILLEGAL_HOCON', error.message);
    case 'file':
      return failure('FILE_NOT_WRITTEN', error.message);
  }
}

function logUnexpected(logger: Logger, error: unknown, request: Request): void {
  // The path alone: a query may hold names, headers and body hold secrets.
  logger.error({ err: error, method: request.method, path: request.path }, 'admin API: unexpected error');
}
