import { askBroker } from '../control/ask-broker.ts';
import { brokerMark } from '../control/broker-mark.ts';
import type { ControlCommand } from '../control/control-message.ts';
import { findSockets, type LivingBroker, livingBrokers } from '../control/find-brokers.ts';
import { runDirectory } from '../control/run-directory.ts';
import { escapeControls } from '../log/control-characters.ts';
import { CommandFailure } from './command-failure.ts';
import { configurationFile } from './configuration-file.ts';
import type { Surroundings } from './surroundings.ts';

/** So long may each take, in milliseconds: a stop has 5 s, a restart that and the start after it. */
const LIMITS_MS: Readonly<Record<ControlCommand, number>> = {
  status: 5_000,
  reload: 15_000,
  stop: 10_000,
  restart: 20_000,
};

/** Which broker is meant. */
export interface ControlFlags {
  /** The file it was started with. */
  readonly conf?: string | undefined;
  /** Its process identifier, where several run with one file. */
  readonly pid?: number | undefined;
}

type ControlSurroundings = Pick<Surroundings, 'env' | 'cwd' | 'stdout' | 'stderr'>;

/**
 * `nanomq stop|restart|reload|status`: has the running broker do it, and prints what it says.
 * @returns exit code: 0 when it was done, 1 when the broker refused
 * @throws CommandFailure when there is no such broker, more than one, or it does not answer
 */
export async function commandBroker(
  command: ControlCommand,
  flags: ControlFlags,
  surroundings: ControlSurroundings,
): Promise<number> {
  const broker = await findBroker(flags, surroundings);
  const call = await askBroker(broker.path, command, LIMITS_MS[command]);
  if (call.kind === 'gone') throw new CommandFailure(`the broker (pid ${broker.pid}) has just ended`);
  if (call.kind === 'failed') throw new CommandFailure(`the broker (pid ${broker.pid}) gave no answer: ${call.reason}`);
  const { ok, text } = call.reply;
  const lines = ok && command === 'stop' ? [`the broker (pid ${broker.pid}) has stopped`] : text.split('\n');
  const output = ok ? surroundings.stdout : surroundings.stderr;
  output.write(lines.map((line) => `${escapeControls(line)}\n`).join(''));
  return ok ? 0 : 1;
}

async function findBroker({ conf, pid }: ControlFlags, { env, cwd }: ControlSurroundings): Promise<LivingBroker> {
  const file = configurationFile(conf, env);
  const mark = brokerMark(file, cwd);
  const directory = runDirectory(env);
  const living = await livingBrokers(findSockets(directory));
  // Whoever names a process alone means that one, whatever file it runs with.
  const isMeant = (broker: LivingBroker) =>
    pid === undefined ? broker.mark === mark : broker.pid === pid && (conf === undefined || broker.mark === mark);
  const [found, ...others] = living.filter(isMeant);
  if (found === undefined) throw new CommandFailure(notFoundText(file, pid, directory, living));
  if (others.length === 0) return found;
  const pids = [found, ...others].map((broker) => broker.pid).join(', ');
  throw new CommandFailure(`several brokers run ${withFile(file)}: say which with --pid (${pids})`);
}

function notFoundText(
  file: string | undefined,
  pid: number | undefined,
  directory: string,
  living: readonly LivingBroker[],
): string {
  const meant = pid === undefined ? withFile(file) : `as process ${pid}`;
  const others = living.map((broker) => `pid ${broker.pid} ${withFile(broker.file ?? undefined)}`);
  const hint =
    others.length === 0
      ? '; that of another user or service is found with its NANOMQ_RUN_DIR'
      : `; running: ${others.join(', ')}; --conf or --pid says which`;
  return escapeControls(`no broker runs ${meant} (looked in ${directory})${hint}`);
}

function withFile(file: string | undefined): string {
  return file === undefined ? 'without a configuration file' : `with ${file}`;
}
