import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfigPort } from '@nanomq-ts/admin';
import type { LogConfig, NanomqConfig } from '@nanomq-ts/config';
import { CurrentConfiguration } from '../../src/configuration/current-configuration.ts';
import type { BrokerLog } from '../../src/log/open-log.ts';
import { BrokerProcess } from '../../src/process/broker-process.ts';
import type { RunnableBroker } from '../../src/process/runnable-broker.ts';
import { fakeChange, temporaryFolder } from '../cli/fake-surroundings.ts';
import { RecordingLogger } from '../embedded/recording-logger.ts';

/** A log that tells the test what is done to it. */
export class FakeLog extends RecordingLogger implements BrokerLog {
  readonly config: LogConfig;
  level: string;
  isOpen = true;
  reopened = 0;

  constructor(config: LogConfig) {
    super();
    this.config = config;
    this.level = config.level;
  }

  fatal(_fields: Readonly<Record<string, unknown>>, text: string): void {
    this.lines.push(`fatal ${text}`);
  }

  reopen(): void {
    this.reopened++;
  }

  setLevel(level: string): void {
    this.level = level;
  }

  close(): void {
    this.isOpen = false;
  }
}

/** What a test may put in place of a composition that listens at once. */
export type Composing = (config: NanomqConfig) => Partial<RunnableBroker>;

/** A process whose brokers and logs are fakes, over a file of its own. */
export interface OpenedProcess {
  readonly running: BrokerProcess;
  readonly configuration: CurrentConfiguration;
  /** What happened to the brokers, in order: `compose 1883`, `listen 1883`, `apply 1883`, `close 1883`. */
  readonly happened: string[];
  readonly logs: FakeLog[];
  readonly lost: unknown[];
  readonly control: () => ConfigPort;
  write(text: string): void;
}

export function openProcess(
  text: string,
  composing: Composing = () => ({}),
  openLog = (config: LogConfig) => new FakeLog(config),
): OpenedProcess {
  const cwd = temporaryFolder();
  const write = (next: string) => writeFileSync(join(cwd, 'a.conf'), next);
  write(text);
  const configuration = new CurrentConfiguration({ file: 'a.conf', env: {}, flags: {}, cwd });
  const happened: string[] = [];
  const logs: FakeLog[] = [];
  const lost: unknown[] = [];
  let control: ConfigPort | undefined;
  const running = new BrokerProcess({
    configuration,
    openLog: (config) => {
      const log = openLog(config);
      logs.push(log);
      return log;
    },
    compose: async (config, _logger, given) => {
      control = given;
      return fakeBroker(config, composing(config), happened);
    },
    requestStop: () => void happened.push('stop asked for'),
    lost: (error) => void lost.push(error),
  });
  return { running, configuration, happened, logs, lost, write, control: () => control as ConfigPort };
}

function fakeBroker(config: NanomqConfig, part: Partial<RunnableBroker>, happened: string[]): RunnableBroker {
  const [{ port, host } = { port: 0, host: '' }] = config.listeners.tcp;
  const addresses = [{ name: 'tcp:default', kind: 'tcp', host, port }] as const;
  happened.push(`compose ${port}`);
  return {
    addresses: part.addresses ?? addresses,
    httpAddress: part.httpAddress ?? null,
    listen: async () => {
      happened.push(`listen ${port}`);
      return part.listen?.() ?? addresses;
    },
    prepare: part.prepare ?? (async () => fakeChange(() => happened.push(`apply ${port}`))),
    close: async () => {
      happened.push(`close ${port}`);
      await part.close?.();
    },
  };
}
