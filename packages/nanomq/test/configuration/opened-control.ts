import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadedConfig } from '@nanomq-ts/config';
import { ConfigControl } from '../../src/configuration/config-control.ts';
import { CurrentConfiguration } from '../../src/configuration/current-configuration.ts';
import { OrderQueue } from '../../src/process/order-queue.ts';
import { fakeChange, temporaryFolder } from '../cli/fake-surroundings.ts';

/** What happened to the broker, in order. */
export type Happened = { readonly applied: LoadedConfig } | string;

/** A configuration control over a file of its own. */
export interface OpenedControl {
  readonly control: ConfigControl;
  readonly current: CurrentConfiguration;
  readonly happened: Happened[];
  readonly orders: OrderQueue;
  readonly file: string;
  write(text: string): void;
  read(): string;
}

/** How the broker takes a change; it may be set while the test runs. */
export interface PreparingOptions {
  /** What it rejects a change with. Default: it takes all. */
  refuse?: Error;
  /** Called while it takes a change. */
  preparing?: () => void;
  /** Listeners whose change waits for a restart. */
  held?: readonly string[];
  /** Further files beside the configuration: name and content. */
  files?: Readonly<Record<string, string>>;
}

/** @param text  what the file holds; null: there is no file */
export function openControl(
  text: string | null,
  env: NodeJS.ProcessEnv = {},
  urls: readonly string[] = [],
  options: PreparingOptions = {},
): OpenedControl {
  const cwd = temporaryFolder();
  const file = join(cwd, 'a.conf');
  if (text !== null) writeFileSync(file, text);
  for (const [name, content] of Object.entries(options.files ?? {})) writeFileSync(join(cwd, name), content);
  const current = new CurrentConfiguration({ ...(text === null ? {} : { file: 'a.conf' }), env, flags: { urls }, cwd });
  const happened: Happened[] = [];
  const orders = new OrderQueue();
  const actions = {
    prepare: async (applied: LoadedConfig) => {
      options.preparing?.();
      if (options.refuse !== undefined) throw options.refuse;
      const commit = () => void happened.push({ applied });
      return fakeChange(commit, options.held, () => void happened.push('discarded'));
    },
    overridden: (path: string, origin: string) => void happened.push(`${path} is overridden by ${origin}`),
    stop: () => void happened.push('stop'),
    restart: () => void happened.push('restart'),
  };
  return {
    control: new ConfigControl(current, actions, orders),
    current,
    happened,
    orders,
    file,
    write: (next) => writeFileSync(file, next),
    read: () => readFileSync(file, 'utf8'),
  };
}
