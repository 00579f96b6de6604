import type { z } from 'zod';
import { CONFIG_ERRORS, ConfigError, type ConfigErrorCode, type ConfigProblem } from './config-error.ts';
import { formatPath } from './hocon/key-path.ts';
import { type CheckedConfig, configSchema } from './schema/config-schema.ts';
import { findKey } from './schema/key-table.ts';
import { hasLogin } from './secret-mask.ts';
import type { SettingTree } from './setting-tree.ts';

/** Longest part of a bad value that an error repeats. */
const MAX_SHOWN = 60;

/**
 * Checks every value against the schema and fills the defaults in.
 * @throws ConfigError with one problem for each bad value: place, key, what was found, what is allowed
 */
export function checkSettings(tree: SettingTree): CheckedConfig {
  const result = configSchema.safeParse(tree.root);
  if (result.success) return result.data;
  const [first, ...others] = result.error.issues.map((issue) => problemOf(issue, tree));
  if (first === undefined) throw new Error('zod refused without an issue');
  throw new ConfigError([first, ...others]);
}

function problemOf(issue: z.core.$ZodIssue, tree: SettingTree): ConfigProblem {
  if (issue.code === 'unrecognized_keys') return unknownField(issue, tree);
  const path = issue.path.map(String);
  const key = formatPath(path);
  const isRange = issue.code === 'custom' && issue.params?.code === 'VALUE_OUT_OF_RANGE';
  const code: ConfigErrorCode = isRange ? 'VALUE_OUT_OF_RANGE' : 'VALUE_INVALID';
  const allowed = issue.code === 'custom' ? issue.message : 'a section { }';
  const message = `${key}: ${CONFIG_ERRORS[code]}: ${describe(tree.get(path), path)}, allowed: ${allowed}`;
  return { code, origin: tree.originOf(path), key, message };
}

/** A field that is not known: a rule without its restriction would hold for more than it says. */
function unknownField(issue: z.core.$ZodIssueUnrecognizedKeys, tree: SettingTree): ConfigProblem {
  const path = [...issue.path.map(String), issue.keys[0] ?? ''];
  const key = formatPath(path);
  return { code: 'KEY_UNKNOWN', origin: tree.originOf(path), key, message: `${key}: ${CONFIG_ERRORS.KEY_UNKNOWN}` };
}

/** A section in whose place a plain value stands may hold a password, so only its kind is told. */
function describe(found: unknown, path: readonly string[]): string {
  if (found === undefined) return 'not set';
  if (typeof found === 'object') return Array.isArray(found) ? 'found a list' : 'found a section';
  const entry = path
    .map((_, index) => findKey(path.slice(0, path.length - index)))
    .find((found) => found !== undefined);
  if (!entry?.isChecked || entry.secret || hasLogin(found)) return `found a ${typeof found}`;
  const text = JSON.stringify(found);
  return `found ${text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text}`;
}
