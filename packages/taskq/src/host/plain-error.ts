import { ADMIN_ERRORS, AdminError, type AdminErrorCode } from '@nanomq-ts/core';

/** An error on its way to another thread, where a structured clone would lose its code and what else it says. */
export interface PlainError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** `code`, `address`, `port` and whatever else it carries, as far as it is text, a number or true or false. */
  readonly members: Readonly<Record<string, string | number | boolean>>;
  readonly cause: PlainError | null;
}

export function plainErrorOf(error: unknown): PlainError {
  if (!(error instanceof Error)) {
    return { name: 'Error', message: String(error), stack: undefined, members: {}, cause: null };
  }
  const { name, message, stack, cause } = error;
  const members: Record<string, string | number | boolean> = {};
  for (const [key, value] of Object.entries(error)) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') members[key] = value;
  }
  return { name, message, stack, members, cause: cause === undefined ? null : plainErrorOf(cause) };
}

/** The error again: one of the administration as itself, any other as an Error with the same name and members. */
export function errorOfPlain({ name, message, stack, members, cause }: PlainError): Error {
  const { code } = members;
  if (name === 'AdminError' && isAdminCode(code)) return new AdminError(code, message);
  const error = cause === null ? new Error(message) : new Error(message, { cause: errorOfPlain(cause) });
  Object.assign(error, members, { name });
  if (stack !== undefined) error.stack = stack;
  return error;
}

function isAdminCode(code: unknown): code is AdminErrorCode {
  return typeof code === 'string' && Object.hasOwn(ADMIN_ERRORS, code);
}
