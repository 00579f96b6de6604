import { buildConfig } from './build-config.ts';
import { checkSettings } from './check-settings.ts';
import { CONFIG_ERRORS, ConfigError, configError } from './config-error.ts';
import type { ConfigWarning } from './config-warning.ts';
import { type EffectiveSetting, effectiveSettings } from './effective-settings.ts';
import { type EffectiveTree, effectiveTree } from './effective-tree.ts';
import { addEnvironmentSettings } from './environment.ts';
import { addFileSettings } from './file-settings.ts';
import { addFlagSettings, type PartialFlags } from './flags.ts';
import { type HoconSource, loadHocon } from './hocon/load-hocon.ts';
import type { NanomqConfig } from './nanomq-config.ts';
import type { Origin } from './origin.ts';
import { formatAddress } from './schema/address.ts';
import { canonicalKey } from './schema/canonical-key.ts';
import type { CheckedConfig } from './schema/config-schema.ts';
import { secretPaths } from './secret-paths.ts';
import { SectionPresence } from './section-presence.ts';
import { SettingTree } from './setting-tree.ts';

/** Where to take the configuration from. */
export interface ConfigSources {
  /** The configuration file; `NANOMQ_CONF_PATH` stands in when neither `file` nor `text` is given. */
  readonly file?: string | undefined;
  /** The configuration itself, in place of a file. */
  readonly text?: string | undefined;
  /** `NANOMQ_*` settings, and what `${NAME}` in a file may name. */
  readonly env: NodeJS.ProcessEnv;
  readonly flags: PartialFlags;
  /** Working directory: `file` and includes are relative to it. */
  readonly cwd: string;
}

/** The configuration, what an operator should know about it, and where each value came from. */
export interface LoadedConfig {
  readonly config: NanomqConfig;
  readonly warnings: readonly ConfigWarning[];
  /** By key (`mqtt.retry_interval`), of everything that somebody set; the rest are defaults. */
  readonly origins: ReadonlyMap<string, Origin>;
  /** Every effective value in the notation of the file, secrets masked. */
  readonly settings: readonly EffectiveSetting[];
  /** Every effective value in JSON form, by the path of the file; secrets in the clear. */
  readonly effective: EffectiveTree;
  /** Which of them are secrets: dotted paths. */
  readonly secretPaths: ReadonlySet<string>;
}

/**
 * Loads, merges and checks the configuration: flags > `NANOMQ_*` > file > defaults. Reads the file and what it
 * includes, nothing else; without a file the defaults hold.
 * @throws ConfigError with every problem found in the values, or the first one in the syntax
 */
export function loadConfig(sources: ConfigSources): LoadedConfig {
  const tree = new SettingTree();
  const warnings: ConfigWarning[] = [];
  const source = hoconSource(sources);
  if (source !== undefined) {
    const document = loadHocon(source, { cwd: sources.cwd, env: sources.env, canonicalKey });
    warnings.push(...addFileSettings(tree, document));
  }
  const presence = new SectionPresence(tree);
  warnings.push(...addEnvironmentSettings(tree, sources.env));
  addFlagSettings(tree, sources.flags);
  const checked = checkSettings(tree);
  const config = buildConfig(checked, presence);
  checkListeners(config, tree);
  checkHttpServer(config, tree);
  warnings.push(...unusedTargets(checked, tree));
  const effective = effectiveTree(checked, presence);
  return {
    config,
    warnings,
    origins: tree.origins,
    settings: effectiveSettings(effective, tree.origins),
    effective,
    secretPaths: secretPaths(effective),
  };
}

function hoconSource(sources: ConfigSources): HoconSource | undefined {
  if (sources.text !== undefined) return { text: sources.text, name: sources.file ?? '<text>' };
  const file = sources.file ?? sources.env.NANOMQ_CONF_PATH;
  return file === undefined || file === '' ? undefined : { file };
}

/** @throws ConfigError LISTENER_DUPLICATE; port 0 may be asked for many times */
function checkListeners(config: NanomqConfig, tree: SettingTree): void {
  const seen = new Set<string>();
  for (const listener of config.listeners.tcp) {
    const marks = [`name ${listener.name}`];
    if (listener.enable && listener.port !== 0) marks.push(`address ${formatAddress(listener)}`);
    for (const mark of marks) {
      const origin = tree.originOf(['listeners', 'tcp', listener.name, 'bind']);
      if (seen.has(mark)) throw configError('LISTENER_DUPLICATE', origin, mark);
      seen.add(mark);
    }
  }
}

/** @throws ConfigError SETTING_MISSING */
function checkHttpServer({ httpServer }: NanomqConfig, tree: SettingTree): void {
  if (httpServer?.jwt == null) return;
  const { algorithm, keyFile, secret } = httpServer.jwt;
  const needed = algorithm === 'HS256' ? ['http_server', 'jwt', 'secret'] : ['http_server', 'jwt', 'public', 'keyfile'];
  if ((algorithm === 'HS256' ? secret : keyFile) !== null) return;
  const key = needed.join('.');
  const message = `${key}: ${CONFIG_ERRORS.SETTING_MISSING}: http_server.auth_type = jwt with ${algorithm} needs it`;
  throw new ConfigError([
    { code: 'SETTING_MISSING', origin: tree.originOf(['http_server', 'auth_type']), key, message },
  ]);
}

function unusedTargets(checked: CheckedConfig, tree: SettingTree): ConfigWarning[] {
  const unused = checked.log.to.filter((target) => target === 'syslog' || target === 'uds');
  return unused.map((target) => ({
    code: 'NOT_YET_USED',
    origin: tree.originOf(['log', 'to']),
    message: `log.to: the target ${target} is known, not yet used`,
  }));
}
