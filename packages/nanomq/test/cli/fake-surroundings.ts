import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { onTestFinished } from 'vitest';
import type { BrokerFactory, ProcessEvents, Surroundings } from '../../src/cli/surroundings.ts';
import type { PreparedChange } from '../../src/prepared-change.ts';
import type { RunnableBroker } from '../../src/process/runnable-broker.ts';

/** Stands in for `process`: signals are emitted by the test, `exit` is recorded. */
export class FakeProcess extends EventEmitter implements ProcessEvents {
  readonly exits: number[] = [];

  exit(code: number): void {
    this.exits.push(code);
  }
}

/** Surroundings whose every effect a test can see. */
export interface FakeSurroundings extends Surroundings {
  readonly events: FakeProcess;
  readonly out: () => string;
  readonly err: () => string;
  /** What happened to the broker and on stdout, in order. */
  readonly happened: string[];
  /** Sets the clock. */
  readonly setNowMs: (now: number) => void;
}

/** Where a fake broker listens. */
const FAKE_ADDRESSES = [{ name: 'tcp:default', kind: 'tcp', host: '127.0.0.1', port: 1883 }] as const;

/** A change whose steps a test can see. */
export function fakeChange(commit: () => void, held: readonly string[] = [], discard = () => {}): PreparedChange {
  return { held, commit, discard: async () => discard() };
}

/** A working directory of its own that goes away with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'nanomq-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * Surroundings in a temporary directory with an empty environment.
 * @param broker  what the fake broker does differently from one that listens on 127.0.0.1:1883 and closes
 */
export function fakeSurroundings(
  broker: Partial<RunnableBroker> = {},
  differences: Partial<Pick<Surroundings, 'env' | 'cwd' | 'createBroker' | 'stdin'>> = {},
): FakeSurroundings {
  const out: string[] = [];
  const err: string[] = [];
  const happened: string[] = [];
  let now = 0;
  const env = { NANOMQ_RUN_DIR: temporaryFolder(), ...differences.env };
  const createBroker: BrokerFactory = async () => ({
    addresses: broker.addresses ?? FAKE_ADDRESSES,
    httpAddress: broker.httpAddress ?? null,
    listen: broker.listen ?? (async () => broker.addresses ?? FAKE_ADDRESSES),
    prepare: broker.prepare ?? (async () => fakeChange(() => happened.push('apply'))),
    close: async () => {
      happened.push('close');
      await broker.close?.();
    },
  });
  return {
    cwd: differences.cwd ?? temporaryFolder(),
    stdin: differences.stdin ?? Readable.from([]),
    stdout: { write: (text) => out.push(text) },
    stderr: { write: (text) => err.push(text) },
    events: new FakeProcess(),
    createBroker,
    nowMs: () => now,
    out: () => out.join(''),
    err: () => err.join(''),
    happened,
    setNowMs: (value) => {
      now = value;
    },
    ...differences,
    env,
  };
}
