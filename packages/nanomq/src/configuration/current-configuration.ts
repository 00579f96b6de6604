import { resolve } from 'node:path';
import { type ConfigSources, diffConfigs, type LoadedConfig, loadConfig } from '@nanomq-ts/config';
import { isHeldSetting } from './held-settings.ts';

/**
 * The configuration of a running broker: where it comes from, what was accepted last, and what the running composition
 * was made from. The two differ in what waits for a restart. Without a file its text is kept here, so that changes
 * outlive a restart inside the process.
 */
export class CurrentConfiguration {
  /** The file in use, as it was named; undefined without one. */
  readonly file: string | undefined;
  #sources: ConfigSources;
  #accepted: LoadedConfig;
  #composed: LoadedConfig;
  #held: readonly string[] = [];

  /** @throws ConfigError with every problem */
  constructor(sources: ConfigSources) {
    const named = sources.file ?? sources.env.NANOMQ_CONF_PATH;
    const isText = sources.text !== undefined;
    this.file = isText || named === undefined || named === '' ? undefined : named;
    this.#sources = this.file === undefined ? { ...sources, text: sources.text ?? '' } : { ...sources, file: named };
    this.#accepted = loadConfig(this.#sources);
    this.#composed = this.#accepted;
  }

  get sources(): ConfigSources {
    return this.#sources;
  }

  /** What was accepted last; what waits for a restart is in it already. */
  get accepted(): LoadedConfig {
    return this.#accepted;
  }

  /** What the running composition was made from. */
  get composed(): LoadedConfig {
    return this.#composed;
  }

  /** Absolute path of the file in use. */
  get path(): string | undefined {
    return this.file === undefined ? undefined : resolve(this.#sources.cwd, this.file);
  }

  /** Dotted paths of what was accepted and does not hold before a restart. */
  get waiting(): readonly string[] {
    return diffConfigs(this.#composed, this.#accepted, isHeldSetting(this.#held)).needsRestart;
  }

  /** Reads the sources again; nothing changes here. @throws ConfigError with every problem */
  read(): LoadedConfig {
    return loadConfig(this.#sources);
  }

  /**
   * `loaded` is put into force as far as it can be.
   * @param held  listeners whose change waits for a restart  @param text  what it came from, where there is no file
   */
  accept(loaded: LoadedConfig, held: readonly string[], text?: string): void {
    this.#accepted = loaded;
    this.#held = held;
    if (this.file === undefined && text !== undefined) this.#sources = { ...this.#sources, text };
  }

  /** A composition was made from `loaded`, so that nothing of it waits. */
  composedFrom(loaded: LoadedConfig): void {
    this.#accepted = loaded;
    this.#composed = loaded;
    this.#held = [];
  }
}
