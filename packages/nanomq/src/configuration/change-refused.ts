import type { ChangeProblem, ChangeRefused } from '@nanomq-ts/admin';
import { AuthError } from '@nanomq-ts/auth';
import { ConfigError, type ConfigErrorCode, type ConfigProblem, formatOrigin } from '@nanomq-ts/config';
import { CommandFailure } from '../cli/command-failure.ts';
import { ListenError } from '../listeners/listen-error.ts';
import { startFailure } from '../process/start-failure.ts';

/** Codes that concern a value; those that are neither here nor below are about the text. */
const VALUE_CODES: ReadonlySet<ConfigErrorCode> = new Set([
  'VALUE_INVALID',
  'VALUE_OUT_OF_RANGE',
  'URL_NOT_SUPPORTED',
  'LISTENER_DUPLICATE',
  'SETTING_MISSING',
  'CHANGE_UNSAFE',
]);

const FILE_CODES: ReadonlySet<ConfigErrorCode> = new Set(['FILE_UNREADABLE', 'FILE_UNWRITABLE']);

/**
 * A {@link ConfigError} as the admin API takes it, with the place of each problem, and what the broker could not do with
 * a configuration that is right in itself; any other error as it is.
 */
export async function asChangeRefused(error: unknown): Promise<unknown> {
  if (error instanceof ConfigError) return refused(kindOf(error), error.problems.map(problemOf));
  const failure = startFailure(error);
  if (!(failure instanceof CommandFailure)) return error;
  return refused('invalid', [{ path: sectionOf(failure.cause), text: failure.message }]);
}

function sectionOf(cause: unknown): string {
  if (cause instanceof ListenError) return `listeners.${cause.spec.section}`;
  return cause instanceof AuthError ? 'auth' : '';
}

/** There is no file that could be replaced. */
export function noFile(): Promise<ChangeRefused> {
  return changeRefused('file', '', 'the broker runs without a configuration file');
}

/** A refusal with one reason. @param path  of the setting it is about; '' = of none */
export function changeRefused(kind: ChangeRefused['kind'], path: string, text: string): Promise<ChangeRefused> {
  return refused(kind, [{ path, text }]);
}

async function refused(kind: ChangeRefused['kind'], problems: readonly ChangeProblem[]): Promise<ChangeRefused> {
  // Loaded here only: whoever gets this error has the admin API in memory, but a broker without it does not need it.
  const { ChangeRefused: Refused } = await import('@nanomq-ts/admin');
  return new Refused(kind, problems);
}

function kindOf({ code }: ConfigError): ChangeRefused['kind'] {
  if (VALUE_CODES.has(code)) return 'invalid';
  return FILE_CODES.has(code) ? 'file' : 'syntax';
}

function problemOf({ key = '', message, origin }: ConfigProblem): ChangeProblem {
  // The message begins with the key, which has a place of its own here.
  const text = key !== '' && message.startsWith(`${key}: `) ? message.slice(key.length + 2) : message;
  const isSomewhere = origin.kind !== 'default' && origin.kind !== 'change';
  return { path: key, text: isSomewhere ? `${text} (${formatOrigin(origin)})` : text };
}
