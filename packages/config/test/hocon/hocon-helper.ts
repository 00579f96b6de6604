import { ConfigError } from '../../src/config-error.ts';
import { loadHocon } from '../../src/hocon/load-hocon.ts';

/** The plain values of a text, without files and with the given environment. */
export function valuesOf(text: string, env: Record<string, string> = {}): unknown {
  return loadHocon({ text, name: 'test.conf' }, { cwd: '/nonexistent', env }).root;
}

/** The error as `CODE line:column`, or the values when there is none. */
export function problemOf(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const { origin } = error;
    return origin.kind === 'file' ? `${error.code} ${origin.line}:${origin.column}` : `${error.code} ${origin.kind}`;
  }
}
