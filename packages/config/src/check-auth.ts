import { CONFIG_ERRORS, ConfigError, type ConfigErrorCode } from './config-error.ts';
import type { NanomqConfig } from './nanomq-config.ts';
import type { SettingTree } from './setting-tree.ts';

/** RFC 7518, 3.2: bytes of the hash. */
const SECRET_BYTES: Readonly<Record<string, number>> = { HS256: 32, HS384: 48, HS512: 64 };

/**
 * Checks whether those who decide about clients have what they need: a rule file that got lost must not open the
 * broker.
 * @throws ConfigError SETTING_MISSING, VALUE_INVALID, VALUE_OUT_OF_RANGE
 */
export function checkAuth(config: NanomqConfig, tree: SettingTree): void {
  const fail = (code: ConfigErrorCode, key: string, detail: string): never => {
    const message = `${key}: ${CONFIG_ERRORS[code]}: ${detail}`;
    throw new ConfigError([{ code, origin: tree.originOf(key.split('.')), key, message }]);
  };
  checkRules(config, tree, fail);
  checkHttpAuth(config, tree, fail);
  checkJwt(config, fail);
}

type Fail = (code: ConfigErrorCode, key: string, detail: string) => never;

function checkRules({ auth }: NanomqConfig, tree: SettingTree, fail: Fail): void {
  const isInFile = tree.origins.get('auth.acl')?.kind === 'file';
  if (!isInFile || !auth.acl.enable || auth.acl.rules.length > 0) return;
  fail(
    'SETTING_MISSING',
    'auth.acl.rules',
    'auth.acl stands in the file without a rule; auth.acl.enable = false uses none',
  );
}

function checkHttpAuth({ auth: { http } }: NanomqConfig, tree: SettingTree, fail: Fail): void {
  if (http === null) return;
  const requests = { auth_req: http.authRequest, super_req: http.superRequest, acl_req: http.aclRequest };
  for (const [name, request] of Object.entries(requests)) {
    const section = `auth.http_auth.${name}`;
    const isInFile = tree.origins.get(section)?.kind === 'file';
    if (isInFile && request === null) fail('SETTING_MISSING', `${section}.url`, 'the request stands in the file');
  }
  if (http.authRequest !== null || http.aclRequest !== null) return;
  fail('SETTING_MISSING', 'auth.http_auth.auth_req.url', 'auth.http_auth needs auth_req or acl_req');
}

function checkJwt({ auth: { jwt } }: NanomqConfig, fail: Fail): void {
  if (jwt === null) return;
  const { algorithm, secret, keyFile, jwksFile } = jwt;
  const given = [secret, keyFile, jwksFile].filter((key) => key !== undefined).length;
  if (given === 0) fail('SETTING_MISSING', 'auth.jwt.keyfile', 'auth.jwt needs secret, keyfile or jwksfile');
  if (given > 1) fail('VALUE_INVALID', 'auth.jwt', 'one of secret, keyfile and jwksfile, not several');
  if (algorithm === undefined) {
    if (jwksFile === undefined) fail('SETTING_MISSING', 'auth.jwt.algorithm', 'needed without jwksfile');
    return;
  }
  const bytes = SECRET_BYTES[algorithm];
  // Else a public key, which everybody may have, could serve as the secret.
  if ((secret === undefined) !== (bytes === undefined)) {
    fail(
      'VALUE_INVALID',
      'auth.jwt.algorithm',
      `${algorithm} needs ${bytes === undefined ? 'keyfile or jwksfile' : 'secret'}`,
    );
  }
  if (secret !== undefined && bytes !== undefined && Buffer.byteLength(secret) < bytes) {
    fail('VALUE_OUT_OF_RANGE', 'auth.jwt.secret', `${algorithm} needs at least ${bytes} bytes`);
  }
}
