/** Result codes of the HTTP API, as its manual states them. */
export const ResultCode = {
  Success: 0,
  RpcError: 101,
  UnknownMistake: 102,
  WrongCredentials: 103,
  EmptyCredentials: 104,
  UserUnknown: 105,
  AdministratorNotDeletable: 106,
  ParameterMissing: 107,
  ParameterError: 108,
  IllegalJson: 109,
  PluginEnabled: 110,
  PluginClosed: 111,
  ClientOffline: 112,
  UserExists: 113,
  OldPasswordWrong: 114,
  IllegalSubject: 115,
  TokenExpired: 116,
  /** v4 only. */
  IllegalHocon: 117,
  /** v4 only. */
  FileNotWritten: 118,
} as const;

/** A code of the table above. */
export type ResultCode = (typeof ResultCode)[keyof typeof ResultCode];

/** A reply that is not a success: thrown by a handler, answered in one place. `message` names the field or the cause. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: ResultCode;

  constructor(status: number, code: ResultCode, message: string) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
  }
}
