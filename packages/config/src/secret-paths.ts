import type { EffectiveTree, EffectiveValue } from './effective-tree.ts';
import { formatPath } from './hocon/key-path.ts';
import { findKey, isKeySection, KEY_TABLE } from './schema/key-table.ts';
import { hasLogin, isSecretName } from './secret-mask.ts';
import { isSection } from './setting-tree.ts';

/**
 * The paths of secrets: those the schema knows, and what has the name of a secret, or a login in a URL, inside values
 * nobody checks yet (items of lists by their index). A name with a dot gives two paths: quoted as in the file, and
 * merely joined.
 */
export function secretPaths(tree: EffectiveTree): ReadonlySet<string> {
  const paths = new Set(
    KEY_TABLE.filter(({ secret, path }) => secret && !path.includes('<name>')).map(({ key }) => key),
  );
  collect(tree, [], paths);
  return paths;
}

function collect(value: EffectiveValue | undefined, path: readonly string[], paths: Set<string>): void {
  const entry = findKey(path);
  // `http_server.jwt.secret` and its like are in the schema; of the rest the name must do.
  const isSecret = entry?.isChecked ? entry.secret : entry?.secret || isSecretName(path.at(-1) ?? '');
  // `auth.password` is a section of users with a secret's name: its members are the secrets.
  if (path.length > 0 && !isKeySection(path) && (isSecret || hasLogin(value))) {
    paths.add(formatPath(path)).add(path.join('.'));
  } else if (isSection(value)) {
    for (const [name, member] of Object.entries(value)) collect(member as EffectiveValue, [...path, name], paths);
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) collect(item, [...path, String(index)], paths);
  }
}
