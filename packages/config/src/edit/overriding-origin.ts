import type { PartialFlags } from '../flags.ts';
import { formatPath } from '../hocon/key-path.ts';
import type { LoadedConfig } from '../load-config.ts';
import type { Origin } from '../origin.ts';

/** The variable or flag that decides about a key whatever the file says; undefined when the file does. */
export function overridingOrigin(
  path: readonly string[],
  { origins }: LoadedConfig,
  { urls = [] }: PartialFlags,
): Origin | undefined {
  // `--url` replaces every TCP listener, also keys it does not set itself.
  if (urls.length > 0 && path[0] === 'listeners' && path[1] === 'tcp') return { kind: 'flag', name: '--url' };
  const origin = origins.get(formatPath(path));
  return origin?.kind === 'env' || origin?.kind === 'flag' ? origin : undefined;
}
