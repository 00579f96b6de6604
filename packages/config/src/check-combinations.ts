import { CONFIG_ERRORS, ConfigError, configError } from './config-error.ts';
import type { NanomqConfig } from './nanomq-config.ts';
import { formatAddress } from './schema/address.ts';
import type { SettingTree } from './setting-tree.ts';

/**
 * Checks what no key alone can tell: whether settings fit together.
 * @throws ConfigError LISTENER_DUPLICATE, SETTING_MISSING
 */
export function checkCombinations(config: NanomqConfig, tree: SettingTree): void {
  checkListeners(config, tree);
  checkHttpServer(config, tree);
}

/** Port 0 may be asked for many times. */
function checkListeners(config: NanomqConfig, tree: SettingTree): void {
  const seen = new Set<string>();
  for (const listener of config.listeners.tcp) {
    const marks = [`name ${listener.name}`];
    if (listener.enable && listener.port !== 0) marks.push(`address ${formatAddress(listener)}`);
    for (const mark of marks) {
      const origin = tree.originOf(['listeners', 'tcp', listener.name, 'bind']);
      if (seen.has(mark)) throw configError('LISTENER_DUPLICATE', origin, mark);
      seen.add(mark);
    }
  }
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
