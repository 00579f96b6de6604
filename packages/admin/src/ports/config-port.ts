/** A value of the configuration in JSON form: durations in milliseconds, sizes in bytes, addresses as `host:port`. */
export type SettingValue = string | number | boolean | null | readonly SettingValue[] | SettingTree;

/** A section. Keys are those of the configuration file (`docs/configuration.md`). */
export interface SettingTree {
  readonly [key: string]: SettingValue | undefined;
}

/** One setting to write. */
export interface SettingChange {
  /** Path in the configuration file: `['mqtt', 'max_mqueue_len']`. */
  readonly path: readonly string[];
  /** In the notation of `SettingValue`; undefined removes the key, so that its default holds. */
  readonly value: SettingValue | undefined;
}

/** What a change of the configuration came to. Paths joined with dots. */
export interface ChangeReport {
  /** Holds from now on. */
  readonly applied: readonly string[];
  /** Written, holds after a restart. */
  readonly needsRestart: readonly string[];
  /** Asked for, and the same as before. */
  readonly unchanged: readonly string[];
}

/** Why nothing was changed. `path` is '' when the fault is not in one setting. */
export interface ChangeProblem {
  readonly path: string;
  readonly text: string;
}

/**
 * A change that was refused as a whole; the configuration in use and the file are as before.
 * `kind`: `invalid` = a value is wrong; `syntax` = the text is no configuration; `file` = the file could not be written.
 */
export class ChangeRefused extends Error {
  readonly kind: 'invalid' | 'syntax' | 'file';
  readonly problems: readonly ChangeProblem[];

  constructor(kind: 'invalid' | 'syntax' | 'file', problems: readonly ChangeProblem[]) {
    super(problems.map(({ path, text }) => (path === '' ? text : `${path}: ${text}`)).join('; '));
    this.name = 'ChangeRefused';
    this.kind = kind;
    this.problems = problems;
  }
}

/** What the admin API may do with the configuration and the process. `nanomq` implements it. */
export interface ConfigPort {
  /** Every effective value, secrets in the clear: whoever shows it masks them. */
  settings(): SettingTree;
  /** Dotted paths of what was changed and holds after a restart only. */
  waiting(): readonly string[];
  /** Validates all, writes the file in use (if there is one), applies what can be. @throws ChangeRefused (rejects) */
  change(changes: readonly SettingChange[]): Promise<ChangeReport>;
  /** Checks `text` whole, then puts it in place of the file in use. Applies nothing. @throws ChangeRefused (rejects) */
  replaceFile(text: string): Promise<void>;
  /** Reads the file again and applies what can be. @throws ChangeRefused (rejects) */
  reload(): Promise<ChangeReport>;
  /** Answers at once and acts afterwards, so that the caller still gets its answer. */
  stop(): void;
  restart(): void;
}

/** Who the broker is. */
export interface BrokerIdentity {
  readonly version: string;
  /** Milliseconds since 1970. */
  readonly startedAtMs: number;
}
