import { spawnSync } from 'node:child_process';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { CHECKOUT } from './checkout.ts';
import { isPinned } from './pinning.ts';

/** Where a report was made: without it no figure means anything. */
export interface Machine {
  readonly cpuModel: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  /** Short commit, with `+changes` when the work tree differs from it. */
  readonly commit: string;
  /** Broker and load generator had a core each. */
  readonly isPinned: boolean;
}

/** Describes this machine and checkout. */
export function thisMachine(): Machine {
  return {
    cpuModel: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${process.arch}`,
    node: process.version,
    commit: commitName(),
    isPinned,
  };
}

function commitName(): string {
  const commit = git('rev-parse', '--short', 'HEAD');
  if (commit === '') return 'unknown';
  return git('status', '--porcelain', '--untracked-files=no') === '' ? commit : `${commit}+changes`;
}

function git(...args: readonly string[]): string {
  const { stdout, status } = spawnSync('git', args, { cwd: CHECKOUT, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : '';
}
