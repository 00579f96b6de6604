/** Faults of administration orders: code -> default text. */
export const ADMIN_ERRORS = {
  INVALID_MESSAGE: 'the message cannot be published',
  INVALID_FILTER: 'the topic filter is not valid',
  NOT_AUTHORIZED: 'the publisher is not authorised',
  SHARD_TIMEOUT: 'a shard did not answer in time',
} as const;

/** A code of the table above. */
export type AdminErrorCode = keyof typeof ADMIN_ERRORS;

/** Why an order of the admin API was refused. The broker is as before. */
export class AdminError extends Error {
  readonly code: AdminErrorCode;

  constructor(code: AdminErrorCode, message: string = ADMIN_ERRORS[code]) {
    super(message);
    this.name = 'AdminError';
    this.code = code;
  }
}
