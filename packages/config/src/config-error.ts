import { formatOrigin, type Origin } from './origin.ts';

/**
 * Every error the configuration can raise, with its fixed text. Listed for operators in
 * docs/configuration.md; a test keeps both in step and checks that each one is raised somewhere.
 */
export const CONFIG_ERRORS = {
  FILE_UNREADABLE: 'the configuration file cannot be read',
  FILE_TOO_LARGE: 'a configuration file is larger than 16 MB, or the includes are more than 256 files',
  FILE_NOT_UTF8: 'the configuration file is not UTF-8 text',
  SYNTAX_UNEXPECTED: 'this is not allowed here',
  ROOT_NOT_OBJECT: 'the outermost value must be a section { }',
  STRING_UNTERMINATED: 'the quoted text that begins here does not end',
  ESCAPE_INVALID: 'this escape is not known in quoted text',
  COMMENT_AMBIGUOUS: 'this may be text or a comment; put the text in double quotes',
  KEY_INVALID: 'a key is empty or has a character that needs double quotes',
  KEY_FORBIDDEN: 'this key name is refused',
  NESTING_TOO_DEEP: 'more than 64 levels of nesting',
  INCLUDE_MISSING: 'the included file cannot be found',
  INCLUDE_CYCLE: 'a file includes itself',
  INCLUDE_TOO_DEEP: 'includes are nested deeper than 10 levels',
  INCLUDE_INVALID: 'only include "f", include file("f") and include required(file("f")) are known',
  SUBSTITUTION_INVALID: 'a substitution is a path in braces after a dollar sign',
  SUBSTITUTION_UNKNOWN: 'the substitution names neither a key nor an environment variable',
  SUBSTITUTION_CYCLE: 'the substitution depends on itself',
  TYPES_MIXED: 'sections, lists and plain values cannot be joined with each other',
  EXPANSION_TOO_LARGE: 'substitutions make the configuration too large',
  VALUE_INVALID: 'the value has the wrong type',
  VALUE_OUT_OF_RANGE: 'the value is out of range',
  URL_NOT_SUPPORTED: 'the scheme of the URL is known, but not yet used',
  SETTING_MISSING: 'a setting is missing',
  KEY_UNKNOWN: 'there is no such key',
  CHANGE_UNSAFE: 'this key cannot be changed safely in the text; change it by hand',
  FILE_UNWRITABLE: 'the configuration file cannot be written',
  LISTENER_DUPLICATE: 'two listeners have the same name or address',
} as const;

/** The stable name of a configuration error. */
export type ConfigErrorCode = keyof typeof CONFIG_ERRORS;

/** One thing that is wrong, and where. `message` is complete for an operator except for the place. */
export interface ConfigProblem {
  readonly code: ConfigErrorCode;
  readonly origin: Origin;
  readonly message: string;
  /** The configuration key, if one is concerned, such as `mqtt.retry_interval`. */
  readonly key?: string;
}

/**
 * The configuration cannot be used. `code` and `origin` are those of the first problem; the message
 * has one line a problem: `file:line:column: message [CODE]`.
 */
export class ConfigError extends Error {
  readonly code: ConfigErrorCode;
  readonly origin: Origin;
  readonly problems: readonly ConfigProblem[];

  /** @param problems  at least one */
  constructor(problems: readonly [ConfigProblem, ...ConfigProblem[]]) {
    super(problems.map((p) => `${formatOrigin(p.origin)}: ${p.message} [${p.code}]`).join('\n'));
    this.name = 'ConfigError';
    this.code = problems[0].code;
    this.origin = problems[0].origin;
    this.problems = problems;
  }
}

/** Makes the error for one problem: the fixed text of the code, then the detail. */
export function configError(code: ConfigErrorCode, origin: Origin, detail?: string): ConfigError {
  const text = CONFIG_ERRORS[code];
  return new ConfigError([{ code, origin, message: detail === undefined ? text : `${text}: ${detail}` }]);
}
