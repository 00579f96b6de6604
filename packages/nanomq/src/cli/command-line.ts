import { ConfigError } from '@nanomq-ts/config';
import { Command, CommanderError, Option } from 'commander';
import { LogError } from '../log/open-log.ts';
import { checkConfiguration } from './check-command.ts';
import { CommandFailure } from './command-failure.ts';
import type { ConfigurationFlags } from './configuration.ts';
import { packageVersion } from './package-version.ts';
import { startBroker } from './start-command.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * Runs the command that the words after `nanomq` name.
 * @returns the exit code: 0, or 1 when the words, the configuration or the start was refused (said on stderr)
 * @throws what nobody expected
 */
export async function runCommandLine(words: readonly string[], surroundings: Surroundings): Promise<number> {
  const { stdout, stderr } = surroundings;
  let exitCode = 0;
  const program = buildProgram(surroundings, async (run) => {
    exitCode = await run();
  });
  program.exitOverride().configureOutput({
    writeOut: (text) => void stdout.write(text),
    writeErr: (text) => void stderr.write(text),
  });
  try {
    for (const command of program.commands) command.copyInheritedSettings(program);
    await program.parseAsync([...words], { from: 'user' });
    return exitCode;
  } catch (error) {
    return refuse(error, surroundings);
  }
}

function buildProgram(surroundings: Surroundings, run: (action: () => Promise<number>) => Promise<void>): Command {
  const program = new Command('nanomq')
    .description('MQTT broker for 3.1, 3.1.1 and 5.0')
    .version(packageVersion(), '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false);
  const start = program.command('start').description('start the broker; SIGTERM or SIGINT ends it');
  const check = program.command('check').description('check the configuration, print what takes effect and from where');
  for (const command of [start, check]) addConfigurationOptions(command);
  start.action((options) => run(() => startBroker(flagsOf(options), surroundings)));
  check.action((options) => run(async () => checkConfiguration(flagsOf(options), surroundings)));
  return program;
}

function addConfigurationOptions(command: Command): void {
  command
    .allowExcessArguments(false)
    .option('--conf <file>', 'configuration file (default: NANOMQ_CONF_PATH, else /etc/nanomq.conf if it is there)')
    .addOption(
      new Option('--url <url>', 'listen on nmq-tcp://HOST:PORT instead of listeners.tcp; may be repeated').argParser(
        (url: string, before: readonly string[] | undefined) => [...(before ?? []), url],
      ),
    )
    .option('--log_level <level>', 'trace, debug, info, warn, error or fatal');
}

/** commander keeps a flag under its own name; `--log_level` has no dash inside, so it stays `log_level`. */
function flagsOf(options: Readonly<Record<string, unknown>>): ConfigurationFlags {
  const { conf, url, log_level: logLevel } = options;
  return {
    conf: typeof conf === 'string' ? conf : undefined,
    urls: Array.isArray(url) ? url.map(String) : [],
    logLevel: typeof logLevel === 'string' ? logLevel : undefined,
  };
}

/** The one place where an error of the command becomes words for the operator and an exit code. */
function refuse(error: unknown, { stderr }: Surroundings): number {
  // commander has printed its message already, also for --help and --version (exit code 0).
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1;
  if (error instanceof ConfigError) stderr.write(`${error.message}\n`);
  else if (error instanceof LogError || error instanceof CommandFailure) stderr.write(`nanomq: ${error.message}\n`);
  else throw error;
  return 1;
}
