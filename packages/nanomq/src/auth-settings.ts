import { resolve } from 'node:path';
import type { AuthSettings } from '@nanomq-ts/auth';
import type { AuthConfig } from '@nanomq-ts/config';

/** Section `auth` as the access rules take it. @param cwd  key files are relative to it */
export function authSettings(config: AuthConfig, cwd: string): AuthSettings {
  const { jwt } = config;
  if (jwt === null) return config;
  const { keyFile, jwksFile } = jwt;
  return {
    ...config,
    jwt: {
      ...jwt,
      ...(keyFile !== undefined && { keyFile: resolve(cwd, keyFile) }),
      ...(jwksFile !== undefined && { jwksFile: resolve(cwd, jwksFile) }),
    },
  };
}
