import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { askBroker } from './ask-broker.ts';
import { parseSocketName } from './broker-mark.ts';
import { checkRunDirectory } from './run-directory.ts';

/** A control socket in the run directory. */
export interface FoundBroker {
  readonly path: string;
  /** See `brokerMark`. */
  readonly mark: string;
  readonly pid: number;
}

/** A broker that answers. */
export interface LivingBroker extends FoundBroker {
  /** The configuration file it runs with; null without one, or while it is too busy to say. */
  readonly file: string | null;
}

/** So long may a broker take to say that it is there. */
const GREETING_LIMIT_MS = 5_000;

/**
 * The control sockets in `directory`, in the order of their process identifiers.
 * @throws CommandFailure when the directory is not this user's own
 */
export function findSockets(directory: string): readonly FoundBroker[] {
  if (!checkRunDirectory(directory)) return [];
  const found = readdirSync(directory).flatMap((name) => {
    const parts = parseSocketName(name);
    return parts === undefined ? [] : [{ ...parts, path: join(directory, name) }];
  });
  return found.toSorted((a, b) => a.pid - b.pid);
}

/** Of `found` those that run; what a killed broker left behind is removed. */
export async function livingBrokers(found: readonly FoundBroker[]): Promise<readonly LivingBroker[]> {
  const asked = await Promise.all(found.map(async (broker) => asLiving(broker)));
  return asked.filter((broker) => broker !== undefined);
}

async function asLiving(broker: FoundBroker): Promise<LivingBroker | undefined> {
  const call = await askBroker(broker.path, 'status', GREETING_LIMIT_MS);
  if (call.kind === 'gone') {
    rmSync(broker.path, { force: true });
    return undefined;
  }
  return { ...broker, file: call.kind === 'reply' ? call.reply.file : null };
}
