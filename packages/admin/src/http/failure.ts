import { ApiError, ResultCode } from '../result-code.ts';

/**
 * The one table of what is answered when: HTTP status and result code.
 * @see the API's manual, "Response code"; 403, 408, 409, 413, 415, 429, 431, 501 and 503 are ours
 */
export const FAILURES = {
  PARAMETER_MISSING: { status: 400, code: ResultCode.ParameterMissing },
  PARAMETER_ERROR: { status: 400, code: ResultCode.ParameterError },
  ILLEGAL_JSON: { status: 400, code: ResultCode.IllegalJson },
  ILLEGAL_SUBJECT: { status: 400, code: ResultCode.IllegalSubject },
  ILLEGAL_HOCON: { status: 400, code: ResultCode.IllegalHocon },
  EMPTY_CREDENTIALS: { status: 401, code: ResultCode.EmptyCredentials },
  WRONG_CREDENTIALS: { status: 401, code: ResultCode.WrongCredentials },
  TOKEN_EXPIRED: { status: 401, code: ResultCode.TokenExpired },
  FORBIDDEN: { status: 403, code: ResultCode.ParameterError },
  ADMINISTRATOR_NOT_DELETABLE: { status: 403, code: ResultCode.AdministratorNotDeletable },
  OLD_PASSWORD_WRONG: { status: 403, code: ResultCode.OldPasswordWrong },
  UNKNOWN_PATH: { status: 404, code: ResultCode.UnknownMistake },
  UNKNOWN_SECTION: { status: 404, code: ResultCode.RpcError },
  UNKNOWN_SUBJECT: { status: 404, code: ResultCode.IllegalSubject },
  UNKNOWN_BRIDGE: { status: 404, code: ResultCode.ParameterError },
  USER_UNKNOWN: { status: 404, code: ResultCode.UserUnknown },
  CLIENT_OFFLINE: { status: 404, code: ResultCode.ClientOffline },
  UNKNOWN_METHOD: { status: 405, code: ResultCode.UnknownMistake },
  REQUEST_TIMEOUT: { status: 408, code: ResultCode.ParameterError },
  USER_EXISTS: { status: 409, code: ResultCode.UserExists },
  BODY_TOO_LARGE: { status: 413, code: ResultCode.ParameterError },
  BODY_ENCODED: { status: 415, code: ResultCode.ParameterError },
  TOO_MANY_TRIES: { status: 429, code: ResultCode.WrongCredentials },
  HEADERS_TOO_LARGE: { status: 431, code: ResultCode.ParameterError },
  RPC_ERROR: { status: 500, code: ResultCode.RpcError },
  UNKNOWN_MISTAKE: { status: 500, code: ResultCode.UnknownMistake },
  FILE_NOT_WRITTEN: { status: 500, code: ResultCode.FileNotWritten },
  PLUGIN_CLOSED: { status: 501, code: ResultCode.PluginClosed },
  BUSY: { status: 503, code: ResultCode.UnknownMistake },
} as const;

/** A row of the table above. */
export type Failure = keyof typeof FAILURES;

/** The error of a row; `message` names the field or the cause and is shown to the caller. */
export function failure(row: Failure, message: string): ApiError {
  return new ApiError(FAILURES[row].status, FAILURES[row].code, message);
}
