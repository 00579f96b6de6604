import type { NanomqConfig } from '@nanomq-ts/config';
import { CommandFailure } from '../cli/command-failure.ts';
import { describeHttpFailure, describeListenFailure } from '../cli/listen-failure.ts';
import { HttpListenError } from '../http-listen-error.ts';

/** An error of opening a broker as one line for the operator. */
export function startFailure(error: unknown, config: NanomqConfig): CommandFailure {
  if (error instanceof CommandFailure) return error;
  const text =
    error instanceof HttpListenError
      ? describeHttpFailure(error.cause, error.address)
      : describeListenFailure(error, config.listeners.tcp);
  return new CommandFailure(text, { cause: error });
}
