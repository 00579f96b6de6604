import type { ChangeReport } from '@nanomq-ts/admin';

/** A report for people: a line for each list that has something in it. */
export function reportText({ applied, needsRestart, unchanged }: ChangeReport): string {
  const lines = [
    ...listLine('applied', applied),
    ...listLine('needs a restart', needsRestart),
    ...listLine('unchanged', unchanged),
  ];
  return lines.length === 0 ? 'nothing has changed' : lines.join('\n');
}

function listLine(title: string, paths: readonly string[]): string[] {
  return paths.length === 0 ? [] : [`${title}: ${paths.join(', ')}`];
}
