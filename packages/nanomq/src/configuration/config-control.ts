import type { ChangeReport, ConfigPort, SettingChange, SettingTree } from '@nanomq-ts/admin';
import { changeConfig, formatOrigin, type LoadedConfig, loadConfig, replaceFileAtomically } from '@nanomq-ts/config';
import type { PreparedChange } from '../prepared-change.ts';
import type { OrderQueue } from '../process/order-queue.ts';
import { asChangeRefused, noFile } from './change-refused.ts';
import { changeReport } from './change-report.ts';
import type { CurrentConfiguration } from './current-configuration.ts';

/** What acts on behalf of the configuration. */
export interface ConfigActions {
  /** Checks and makes ready what can be put in force; rejects when some of it is not good, then nothing has changed. */
  prepare(loaded: LoadedConfig): Promise<PreparedChange>;
  /** What was written has no effect: `origin`, a variable or flag, says otherwise. */
  overridden(path: string, origin: string): void;
  /** See {@link ConfigPort}. */
  stop(): void;
  restart(): void;
}

/**
 * Changes the configuration of a running broker, one change at a time and each as a whole: it is checked, written,
 * and only then put into force. A refusal leaves file and broker as they were.
 */
export class ConfigControl implements ConfigPort {
  readonly current: CurrentConfiguration;
  readonly #actions: ConfigActions;
  readonly #orders: OrderQueue;

  constructor(current: CurrentConfiguration, actions: ConfigActions, orders: OrderQueue) {
    this.current = current;
    this.#actions = actions;
    this.#orders = orders;
  }

  settings(): SettingTree {
    return this.current.accepted.effective;
  }

  waiting(): readonly string[] {
    return this.current.waiting;
  }

  change(changes: readonly SettingChange[]): Promise<ChangeReport> {
    return this.#order(() => this.#change(changes));
  }

  replaceFile(text: string): Promise<void> {
    return this.#order(() => this.#replaceFile(text));
  }

  reload(): Promise<ChangeReport> {
    return this.#order(() => this.reloadNow());
  }

  /**
   * Reads the sources again and puts them into force: for whoever is in the queue already.
   * @throws ConfigError with every problem; what `prepare` rejects with. Nothing has changed then
   */
  async reloadNow(): Promise<ChangeReport> {
    const loaded = this.current.read();
    return this.#accept(loaded, await this.#actions.prepare(loaded));
  }

  stop(): void {
    this.#actions.stop();
  }

  restart(): void {
    this.#actions.restart();
  }

  async #change(changes: readonly SettingChange[]): Promise<ChangeReport> {
    const { newText, loaded, diff, overridden } = changeConfig(this.current.sources, changes);
    const prepared = await this.#actions.prepare(loaded);
    try {
      await this.#write(newText);
    } catch (error) {
      await prepared.discard();
      throw error;
    }
    for (const { path, origin } of overridden) this.#actions.overridden(path, formatOrigin(origin));
    const without = overridden.map(({ path }) => path);
    return this.#accept(loaded, prepared, [...diff.unchanged, ...without], newText);
  }

  async #replaceFile(text: string): Promise<void> {
    const { path, sources } = this.current;
    if (path === undefined) throw await noFile();
    loadConfig({ ...sources, file: path, text });
    await this.#write(text);
  }

  async #write(text: string): Promise<void> {
    const { path } = this.current;
    if (path !== undefined) await replaceFileAtomically(path, text);
  }

  /** @param unchanged  asked for, and the same as before  @param text  what stands for the file where there is none */
  #accept(
    after: LoadedConfig,
    { held, commit }: PreparedChange,
    unchanged: readonly string[] = [],
    text?: string,
  ): ChangeReport {
    const { composed, accepted: before } = this.current;
    this.current.accept(after, held, text);
    commit();
    return { ...changeReport({ composed, before, after, held }), unchanged };
  }

  #order<T>(order: () => Promise<T> | T): Promise<T> {
    return this.#orders.run(async () => {
      try {
        return await order();
      } catch (error) {
        throw await asChangeRefused(error);
      }
    });
  }
}
