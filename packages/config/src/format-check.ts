import { formatWarning } from './config-warning.ts';
import type { EffectiveSetting } from './effective-settings.ts';
import type { LoadedConfig } from './load-config.ts';
import { formatOrigin } from './origin.ts';

const LEGEND = '(restart): a change waits for a restart; everything else takes effect with a reload';

/**
 * The answer of `nanomq check`: a line for each effective value with where it came from and whether a change waits for
 * a restart, then the warnings. Secrets are shown as `******`.
 */
export function formatCheck(result: LoadedConfig): string {
  const rows = result.settings.map((setting) => [
    `${setting.key} = ${setting.value}`,
    formatOrigin(setting.origin) + remark(setting),
  ]);
  const width = Math.min(60, Math.max(0, ...rows.map(([left = '']) => left.length)));
  const lines = rows.map(([left = '', right = '']) => `${left.padEnd(width)}  ${right}`);
  const warnings = result.warnings.map((warning) => `warning: ${formatWarning(warning)}`);
  return `${[...lines, '', LEGEND, ...(warnings.length > 0 ? [''] : []), ...warnings].join('\n')}\n`;
}

function remark({ status, reload }: EffectiveSetting): string {
  if (status !== 'used') return ` (${status})`;
  return reload === 'restart' ? ' (restart)' : '';
}
