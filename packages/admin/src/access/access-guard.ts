import type { NextFunction, Request, Response } from 'express';
import type { HttpServerOptions } from '../admin-options.ts';
import { type Failure, failure } from '../http/failure.ts';
import { releaseSlot } from '../http/request-limit.ts';
import type { CallerCheck } from './caller-check.ts';
import type { FailedTries } from './failed-tries.ts';

/** What the guard needs to know and whom it tells. */
export interface AccessGuardParts {
  readonly options: () => HttpServerOptions;
  readonly callers: CallerCheck;
  readonly tries: FailedTries;
  /** A wrong try was answered; `failures` counts those of the address of late. */
  readonly onWrong: (remoteAddress: string, failures: number) => void;
}

/** Lets known callers pass; the others get 401, wrong ones ever later. */
export function accessGuard({ options, callers, tries, onWrong }: AccessGuardParts) {
  return async (request: Request, response: Response, next: NextFunction): Promise<void> => {
    const address = request.socket.remoteAddress ?? '';
    if (options().authType !== 'no_auth' && tries.isRefused(address)) {
      throw failure('TOO_MANY_TRIES', 'Authorization: too many wrong tries, wait some seconds');
    }
    const fault = await callers.faultOf(request);
    if (fault === null) return next();
    response.setHeader('WWW-Authenticate', challengeFor(options().authType, fault.row));
    // A caller that is made to wait, or whose body is awaited, must not take the place of one that may be here.
    releaseSlot(response);
    if (fault.row === 'WRONG_CREDENTIALS') {
      onWrong(address, await tries.failed(address));
    }
    throw failure(fault.row, fault.text);
  };
}

function challengeFor(authType: HttpServerOptions['authType'], row: Failure): string {
  if (authType === 'basic') return 'Basic realm="nanomq", charset="UTF-8"';
  return row === 'EMPTY_CREDENTIALS' ? 'Bearer realm="nanomq"' : 'Bearer realm="nanomq", error="invalid_token"';
}
