import { buildConfig } from './build-config.ts';
import { checkCombinations } from './check-combinations.ts';
import { checkSettings } from './check-settings.ts';
import type { ConfigWarning } from './config-warning.ts';
import { type EffectiveSetting, effectiveSettings } from './effective-settings.ts';
import { type EffectiveTree, effectiveTree } from './effective-tree.ts';
import { addEnvironmentSettings } from './environment.ts';
import { addFileSettings } from './file-settings.ts';
import { addFlagSettings, type PartialFlags } from './flags.ts';
import { type HoconSource, loadHocon } from './hocon/load-hocon.ts';
import type { NanomqConfig } from './nanomq-config.ts';
import type { Origin } from './origin.ts';
import { addProfileSettings } from './profile.ts';
import { canonicalKey } from './schema/canonical-key.ts';
import { SectionPresence } from './section-presence.ts';
import { SettingTree } from './setting-tree.ts';
import { unusedSettings } from './unused-settings.ts';

/** Where to take the configuration from. */
export interface ConfigSources {
  /** The configuration file; `NANOMQ_CONF_PATH` stands in when neither `file` nor `text` is given. */
  readonly file?: string | undefined;
  /** The configuration itself; with `file` in place of its content: messages name it, includes are beside it. */
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
}

/**
 * Loads, merges and checks the configuration: flags > `NANOMQ_*` > file > profile > defaults. Reads the file and what it
 * includes, nothing else; without a file the defaults hold.
 * @throws ConfigError with every problem found in the values, or the first one in the syntax
 */
export function loadConfig(sources: ConfigSources): LoadedConfig {
  return loadConfigWith(sources, () => {});
}

/**
 * As {@link loadConfig}, but `overlay` may change what the file says before environment and flags are read.
 * @param isDraft  each value must be right, but something that another needs may still be missing
 */
export function loadConfigWith(
  sources: ConfigSources,
  overlay: (tree: SettingTree) => void,
  isDraft = false,
): LoadedConfig {
  const tree = new SettingTree();
  const warnings: ConfigWarning[] = [];
  const source = hoconSource(sources);
  if (source !== undefined) {
    const document = loadHocon(source, { cwd: sources.cwd, env: sources.env, canonicalKey });
    warnings.push(...addFileSettings(tree, document));
  }
  overlay(tree);
  const presence = new SectionPresence(tree);
  warnings.push(...addEnvironmentSettings(tree, sources.env));
  addFlagSettings(tree, sources.flags);
  addProfileSettings(tree);
  const checked = checkSettings(tree);
  const config = buildConfig(checked, presence, tree);
  if (!isDraft) checkCombinations(config, tree);
  warnings.push(...unusedSettings(config, checked, tree));
  const effective = effectiveTree(checked, presence);
  return {
    config,
    warnings,
    origins: tree.origins,
    settings: effectiveSettings(effective, tree.origins),
    effective,
  };
}

/** The file that is read when there is no `text`, as it was named. */
export function configFile({ file, env }: ConfigSources): string | undefined {
  return (file ?? env.NANOMQ_CONF_PATH) || undefined;
}

function hoconSource(sources: ConfigSources): HoconSource | undefined {
  const { text, file } = sources;
  if (text !== undefined) return { text, name: file ?? '<text>', standsFor: file };
  const named = configFile(sources);
  return named === undefined ? undefined : { file: named };
}
