import { type PartialFlags, sectionsOfUrls } from '../flags.ts';
import { formatPath } from '../hocon/key-path.ts';
import type { LoadedConfig } from '../load-config.ts';
import type { Origin } from '../origin.ts';

/** The variable or flag that decides about a key whatever the file says; undefined when the file does. */
export function overridingOrigin(
  path: readonly string[],
  { origins }: LoadedConfig,
  flags: PartialFlags,
): Origin | undefined {
  const [section, kind = '', name = ''] = path;
  // `--url` replaces every listener of some kinds, also keys it does not set itself; certificates stay as they are.
  const isReplaced = section === 'listeners' && sectionsOfUrls(flags).has(kind);
  const isOfUnnamed = path.length === 3 && kind !== 'tcp' && name !== 'bind' && name !== 'enable';
  if (isReplaced && !isOfUnnamed) return { kind: 'flag', name: '--url' };
  const origin = origins.get(formatPath(path));
  return origin?.kind === 'env' || origin?.kind === 'flag' ? origin : undefined;
}
