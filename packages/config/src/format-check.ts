import { formatWarning } from './config-warning.ts';
import type { LoadedConfig } from './load-config.ts';
import { formatOrigin } from './origin.ts';

/**
 * The answer of `nanomq check`: a line for each effective value with where it came from, then the warnings.
 * Secrets are shown as `******`.
 */
export function formatCheck(result: LoadedConfig): string {
  const rows = result.settings.map((setting) => [
    `${setting.key} = ${setting.value}`,
    formatOrigin(setting.origin) + (setting.status === 'used' ? '' : ' (known, not yet used)'),
  ]);
  const width = Math.min(60, Math.max(0, ...rows.map(([left = '']) => left.length)));
  const lines = rows.map(([left = '', right = '']) => `${left.padEnd(width)}  ${right}`);
  const warnings = result.warnings.map((warning) => `warning: ${formatWarning(warning)}`);
  return `${[...lines, ...(warnings.length > 0 ? [''] : []), ...warnings].join('\n')}\n`;
}
