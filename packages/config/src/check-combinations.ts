import { checkAuth } from './check-auth.ts';
import { checkListeners } from './check-listeners.ts';
import { CONFIG_ERRORS, ConfigError } from './config-error.ts';
import type { NanomqConfig } from './nanomq-config.ts';
import type { SettingTree } from './setting-tree.ts';

/**
 * Checks what no key alone can tell: whether settings fit together.
 * @throws ConfigError LISTENER_DUPLICATE, SETTING_MISSING, VALUE_INVALID, VALUE_OUT_OF_RANGE
 */
export function checkCombinations(config: NanomqConfig, tree: SettingTree): void {
  checkListeners(config, tree);
  checkAuth(config, tree);
  checkHttpServer(config, tree);
}

function checkHttpServer({ httpServer }: NanomqConfig, tree: SettingTree): void {
  if (httpServer?.jwt == null) return;
  const { algorithm, keyFile, secret } = httpServer.jwt;
  const needed = algorithm === 'HS256' ? ['http_server', 'jwt', 'secret'] : ['http_server', 'jwt', 'public', 'keyfile'];
  if ((algorithm === 'HS256' ? secret : keyFile) !== null) return;
  const key = needed.join('.');
  const message = `${key}: ${CONFIG_ERRORS.SETTING_MISSING}: http_server.auth_type = jwt with ${algorithm} needs it`;
  throw new ConfigError([
    { code: 'SETTING_MISSING', origin: tree.originOf(['http_server', 'auth_type']), key, message },
  ]);
}
