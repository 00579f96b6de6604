import { formatOrigin, type Origin } from './origin.ts';

/** What a warning is about. */
export type ConfigWarningCode = 'UNKNOWN_KEY' | 'UNKNOWN_ENV' | 'NOT_YET_USED' | 'NO_EFFECT';

/** Something that does not stop the broker, but that its operator wants to know. */
export interface ConfigWarning {
  readonly code: ConfigWarningCode;
  readonly origin: Origin;
  /** Complete for an operator except for the place. */
  readonly message: string;
}

/** `file:line:column: message [CODE]`, one line. */
export function formatWarning(warning: ConfigWarning): string {
  return `${formatOrigin(warning.origin)}: ${warning.message} [${warning.code}]`;
}
