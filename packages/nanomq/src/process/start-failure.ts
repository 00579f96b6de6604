import { AuthError } from '@nanomq-ts/auth';
import { CommandFailure } from '../cli/command-failure.ts';
import { describeHttpFailure, describeListenFailure } from '../cli/listen-failure.ts';
import { HttpListenError } from '../http-listen-error.ts';
import { ListenError } from '../listeners/listen-error.ts';

/** An error of opening a broker, or of changing one, as one line for the operator; what nobody expects stays as it is. */
export function startFailure(error: unknown): unknown {
  const text = failureText(error);
  return text === null ? error : new CommandFailure(text, { cause: error });
}

function failureText(error: unknown): string | null {
  if (error instanceof HttpListenError) return describeHttpFailure(error.cause, error.address);
  if (error instanceof ListenError) return describeListenFailure(error);
  return error instanceof AuthError ? `section auth cannot be used: ${error.message}` : null;
}
