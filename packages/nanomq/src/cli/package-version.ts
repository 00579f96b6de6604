import { readFileSync } from 'node:fs';

/**
 * The version in package.json of this package, which lies two directories above this file in `src` and in `dist` alike.
 * @throws Error when the file is missing or has no version: the package is damaged
 */
export function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) return String(manifest.version);
  throw new Error('package.json of nanomq-ts has no version');
}
