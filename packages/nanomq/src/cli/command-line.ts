import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { CONTROL_COMMANDS, type ControlCommand } from '../control/control-message.ts';
import { LogError } from '../log/log-error.ts';
import { ACL_ACTIONS } from './acl-words.ts';
import { CommandFailure } from './command-failure.ts';
import type { ConfigurationFlags } from './configuration.ts';
import type { ControlFlags } from './control-commands.ts';
import { packageVersion } from './package-version.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * What carries out each command, loaded when it is the one: `nanomq status` waits neither for the broker nor for the
 * settings it knows. So nothing else here may import these files, or the packages behind them, but for their types.
 */
const HANDLERS = {
  start: async () => (await import('./start-command.ts')).startBroker,
  check: async () => (await import('./check-command.ts')).checkConfiguration,
  control: async () => (await import('./control-commands.ts')).commandBroker,
  passwd: async () => (await import('./passwd-command.ts')).changePassword,
  'acl explain': async () => (await import('./acl-command.ts')).explainAcl,
} as const;

/**
 * Runs the command that the words after `nanomq` name.
 * @returns the exit code: 0, or 1 when the words, the configuration or the start was refused (said on stderr)
 * @throws what nobody expected
 */
export async function runCommandLine(words: readonly string[], surroundings: Surroundings): Promise<number> {
  let exitCode = 0;
  const program = buildProgram(surroundings, async (run) => {
    exitCode = await run();
  });
  try {
    await program.parseAsync([...words], { from: 'user' });
    return exitCode;
  } catch (error) {
    return await refuse(error, surroundings);
  }
}

const CONF_DESCRIPTION = 'configuration file (default: NANOMQ_CONF_PATH, else /etc/nanomq.conf if it is there)';

const CONTROL_DESCRIPTIONS: Readonly<Record<ControlCommand, string>> = {
  status: 'say where the running broker listens and what waits for a restart',
  reload: 'have the running broker read its configuration again, as SIGHUP does',
  restart: 'restart the running broker inside its process with the configuration as it is now',
  stop: 'end the running broker and wait until it has ended',
};

/** Carries out what a command stands for, and keeps its exit code. */
type Run = (action: () => Promise<number>) => Promise<void>;

function buildProgram(surroundings: Surroundings, run: Run): Command {
  const { stdout, stderr } = surroundings;
  const program = new Command('nanomq')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
    })
    .description('MQTT broker for 3.1, 3.1.1 and 5.0')
    .version(packageVersion(), '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .showHelpAfterError('nanomq --help and nanomq COMMAND --help say what there is');
  const start = program.command('start').description('start the broker; SIGTERM, SIGINT or nanomq stop ends it');
  const check = program.command('check').description('check the configuration, print what takes effect and from where');
  for (const command of [start, check]) addConfigurationOptions(command);
  start.action((options) => run(async () => (await HANDLERS.start())(flagsOf(options), surroundings)));
  check.action((options) => run(async () => (await HANDLERS.check())(flagsOf(options), surroundings)));
  for (const word of CONTROL_COMMANDS) {
    const command = addControlOptions(program.command(word).description(CONTROL_DESCRIPTIONS[word]));
    command.action((options) =>
      run(async () => (await HANDLERS.control())(word, controlFlagsOf(options), surroundings)),
    );
  }
  addPasswdCommand(program, surroundings, run);
  addAclCommand(program, surroundings, run);
  return program;
}

function addPasswdCommand(program: Command, surroundings: Surroundings, run: Run): void {
  program
    .command('passwd')
    .description('add, change or delete a user of a password file; the password is asked for, or read from stdin')
    .allowExcessArguments(false)
    .argument('<file>', 'the password file, which auth.password includes; made when it is not there')
    .argument('<user>', 'the user name')
    .argument('[password]', 'with -b: the password, which other users of this machine may see')
    .option('-b', 'take the password from the command line')
    .option('-D', 'delete the user')
    .action((file, username, password, { b: isBatch = false, D: isDelete = false }) =>
      run(async () => {
        const isPasswordRight = (password !== undefined) === isBatch && !(isBatch && isDelete);
        if (!isPasswordRight) throw new CommandFailure('a password stands behind the user name with -b, and only then');
        return (await HANDLERS.passwd())({ file, username, password, isDelete }, surroundings);
      }),
    );
}

function addAclCommand(program: Command, surroundings: Surroundings, run: Run): void {
  program
    .command('acl')
    .description('look into the access rules')
    .command('explain')
    .description('say whether a client may do something, and which rule in which line of which file decides')
    .allowExcessArguments(false)
    .option('--conf <file>', CONF_DESCRIPTION)
    .requiredOption('--client <id>', 'client identifier')
    .option('--user <name>', 'user name (default: none)')
    .option('--address <ip>', 'address of the client, for rules with ipaddr (default: none of them matches)', '')
    .addOption(new Option('--action <action>', 'what it wants to do').choices(ACL_ACTIONS).makeOptionMandatory())
    .requiredOption('--topic <topic>', 'topic name; for subscribe a topic filter')
    .action((options) => run(async () => (await HANDLERS['acl explain']())(options, surroundings)));
}

function addControlOptions(command: Command): Command {
  return command
    .allowExcessArguments(false)
    .option('--conf <file>', 'the configuration file the broker was started with (default: as for start)')
    .addOption(new Option('--pid <number>', 'the process of the broker, where several run').argParser(parsePid));
}

function parsePid(text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new InvalidArgumentError('a process identifier is a number.');
  return Number(text);
}

function addConfigurationOptions(command: Command): void {
  command
    .allowExcessArguments(false)
    .option('--conf <file>', CONF_DESCRIPTION)
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

function controlFlagsOf(options: Readonly<Record<string, unknown>>): ControlFlags {
  const { conf, pid } = options;
  return {
    conf: typeof conf === 'string' ? conf : undefined,
    pid: typeof pid === 'number' ? pid : undefined,
  };
}

/** The one place where an error of the command becomes words for the operator and an exit code. */
async function refuse(error: unknown, { stderr }: Surroundings): Promise<number> {
  // commander has printed its message already, also for --help and --version (exit code 0).
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1;
  if (error instanceof LogError || error instanceof CommandFailure) {
    stderr.write(`nanomq: ${error.message}\n`);
    return 1;
  }
  // Loaded already when the error is one of its own.
  const { ConfigError } = await import('@nanomq-ts/config');
  if (!(error instanceof ConfigError)) throw error;
  stderr.write(`${error.message}\n`);
  return 1;
}
