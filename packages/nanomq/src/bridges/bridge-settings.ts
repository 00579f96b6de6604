import { networkInterfaces } from 'node:os';
import { resolve } from 'node:path';
import type { BridgeOptions, BridgeSwitch } from '@nanomq-ts/bridge';
import type { BridgeConfig } from '@nanomq-ts/config';

/** The bridges of the configuration as the package wants them. @param cwd  files are relative to it */
export function bridgeSwitches(bridges: readonly BridgeConfig[], cwd: string): readonly BridgeSwitch[] {
  return bridges.map(({ enable, ...config }) => ({ enable, options: bridgeOptions(config, cwd) }));
}

function bridgeOptions(config: Omit<BridgeConfig, 'enable'>, cwd: string): BridgeOptions {
  const { usernameFile, passwordFile, tls, tcp, ...others } = config;
  const { caFile, certFile, keyFile, ...tlsOthers } = tls;
  const { bindInterface, ...tcpOthers } = tcp;
  const file = <Name extends string>(name: Name, path: string | undefined) =>
    (path === undefined ? {} : { [name]: resolve(cwd, path) }) as { [K in Name]?: string };
  return {
    ...others,
    ...file('usernameFile', usernameFile),
    ...file('passwordFile', passwordFile),
    tls: { ...tlsOthers, ...file('caFile', caFile), ...file('certFile', certFile), ...file('keyFile', keyFile) },
    tcp: { ...tcpOthers, ...(bindInterface !== undefined && { localAddress: addressOf(bindInterface) }) },
  };
}

/** An unknown interface has no address; its name in place of one makes each attempt fail with a text that shows it. */
function addressOf(interfaceName: string): string {
  const addresses = networkInterfaces()[interfaceName] ?? [];
  return (addresses.find(({ family }) => family === 'IPv4') ?? addresses[0])?.address ?? interfaceName;
}
