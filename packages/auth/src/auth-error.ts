/** Every fault of settings, users, rules and key files; none is ever worked around. */
export const AUTH_ERRORS = {
  RULES_EMPTY: 'the list of access rules is empty',
  RULE_INVALID: 'an access rule is not valid',
  PASSWORD_FILE_INVALID: 'a line of the password file is not valid',
  PASSWORD_ENTRY_INVALID: 'a user or password is not valid',
  KEY_INVALID: 'a key for tokens is not valid',
  HTTP_REQUEST_INVALID: 'a request of the HTTP authentication is not valid',
  FILE_UNREADABLE: 'a file could not be read or written',
} as const;

/** The stable name of a fault. */
export type AuthErrorCode = keyof typeof AUTH_ERRORS;

/** A place in a file; lines count from 1. */
export interface SourcePlace {
  readonly file: string;
  readonly line: number;
}

/** Settings or a file are wrong. The message names the place and never a password, token or key. */
export class AuthError extends Error {
  readonly code: AuthErrorCode;
  readonly source: SourcePlace | null;

  constructor(code: AuthErrorCode, detail: string, source: SourcePlace | null = null, cause?: unknown) {
    const place = source === null ? '' : `${source.file}:${source.line}: `;
    super(`${place}${AUTH_ERRORS[code]}: ${detail}`, cause === undefined ? {} : { cause });
    this.name = 'AuthError';
    this.code = code;
    this.source = source;
  }

  /** FILE_UNREADABLE. @param doing  `read` or `written`  @param cause  of the system, which says why */
  static ofFile(file: string, doing: 'read' | 'written', cause: unknown): AuthError {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new AuthError('FILE_UNREADABLE', `${file} cannot be ${doing}: ${reason}`, null, cause);
  }
}
