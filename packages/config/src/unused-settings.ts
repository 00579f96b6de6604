import { namesTopics } from './build-bridges.ts';
import type { ConfigWarning } from './config-warning.ts';
import { missingParts } from './missing-parts.ts';
import type { NanomqConfig } from './nanomq-config.ts';
import type { BridgeSection } from './schema/bridges-section.ts';
import type { CheckedConfig } from './schema/config-schema.ts';
import type { SettingTree } from './setting-tree.ts';

/** Warns of settings that do not do what their writer may believe. */
export function unusedSettings(config: NanomqConfig, checked: CheckedConfig, tree: SettingTree): ConfigWarning[] {
  return [
    ...missingParts(tree),
    ...unusedTargets(checked, tree),
    ...unverifiedPeers(config, tree),
    ...namelessPeers(config, tree),
    ...unusedRequestTls(config, checked, tree),
    ...idleBridges(config, tree),
    ...skippedEntries(checked, tree),
  ];
}

function unusedTargets(checked: CheckedConfig, tree: SettingTree): ConfigWarning[] {
  const unused = checked.log.to.filter((target) => target === 'syslog' || target === 'uds');
  return unused.map((target) => ({
    code: 'NOT_YET_USED',
    origin: tree.originOf(['log', 'to']),
    message: `log.to: the target ${target} is known, not yet used`,
  }));
}

/** NanoMQ's files may have it so; an operator who means it wants client certificates and would get none. */
function unverifiedPeers({ listeners: { ssl, wss } }: NanomqConfig, tree: SettingTree): ConfigWarning[] {
  const isUseless = [...ssl, ...wss].some(({ enable, tls }) => enable && tls.failIfNoPeerCert && !tls.verifyPeer);
  if (!isUseless) return [];
  const key = 'listeners.ssl.fail_if_no_peer_cert';
  const message = `${key}: has no effect without verify_peer; clients are not asked for certificates`;
  return [{ code: 'NO_EFFECT', origin: tree.originOf(key.split('.')), message }];
}

function namelessPeers({ auth, listeners: { ssl, wss } }: NanomqConfig, tree: SettingTree): ConfigWarning[] {
  const isPossible = [...ssl, ...wss].some(({ enable, tls }) => enable && tls.verifyPeer);
  if (auth.peerCertAsUsername === 'off' || isPossible) return [];
  const message = 'auth.peer_cert_as_username: has no effect, because no listener has verify_peer';
  return [{ code: 'NO_EFFECT', origin: tree.originOf(['auth', 'peer_cert_as_username']), message }];
}

/** Who gave a certificate of their own authority would look for the fault elsewhere: every request fails. */
function unusedRequestTls({ auth }: NanomqConfig, checked: CheckedConfig, tree: SettingTree): ConfigWarning[] {
  if (auth.http === null) return [];
  const requests = (['auth_req', 'super_req', 'acl_req'] as const).filter((name) => {
    const { ssl, url } = checked.auth.http_auth[name] ?? {};
    return ssl !== undefined && url?.startsWith('https:') === true;
  });
  return requests.map((name) => {
    const path = ['auth', 'http_auth', name, 'ssl'];
    const message = `${path.join('.')}: is known, not yet used; https:// trusts the authorities that Node.js knows, and those of NODE_EXTRA_CA_CERTS`;
    return { code: 'NOT_YET_USED', origin: tree.originOf(path), message };
  });
}

/** QUIC needs what Node does not have. */
function idleBridges({ bridges }: NanomqConfig, tree: SettingTree): ConfigWarning[] {
  return bridges.flatMap(({ name, enable, servers }): ConfigWarning[] => {
    if (!enable || servers.some((url) => !url.startsWith('mqtt-quic:'))) return [];
    const path = ['bridges', 'mqtt', name, 'server'];
    const reason = servers.length === 0 ? 'is not set' : 'speaks QUIC only, which is not supported';
    return [
      {
        code: 'NO_EFFECT',
        origin: tree.originOf(path),
        message: `${path.join('.')}: ${reason}; the bridge does nothing`,
      },
    ];
  });
}

/** As NanoMQ: an entry without one of its topics is skipped. */
function skippedEntries({ bridges }: CheckedConfig, tree: SettingTree): ConfigWarning[] {
  const { cache: _, ...named } = bridges?.mqtt ?? {};
  return Object.entries(named).flatMap(([name, bridge]) =>
    (['forwards', 'subscription'] as const).flatMap((list) => {
      const entries = ((bridge as BridgeSection)[list] ?? []).entries();
      return [...entries].flatMap(([index, entry]): ConfigWarning[] => {
        if (namesTopics(entry)) return [];
        const path = ['bridges', 'mqtt', name, list];
        const message = `${path.join('.')}: entry ${index + 1} is skipped, it needs remote_topic and local_topic`;
        return [{ code: 'NO_EFFECT', origin: tree.originOf(path), message }];
      });
    }),
  );
}
