import type { EffectiveValue } from './effective-tree.ts';
import type { Origin } from './origin.ts';
import type { ProfileName } from './schema/profile-setting.ts';
import type { SettingTree } from './setting-tree.ts';

/** What a profile sets, in the notation of the file; whatever somebody set himself stays. */
export const PROFILES: Readonly<Record<ProfileName, Readonly<Record<string, Exclude<EffectiveValue, null>>>>> = {
  none: {},
  hardened: {
    'auth.allow_anonymous': false,
    'auth.no_match': 'deny',
    'auth.bind_client_to_user': true,
    'auth.recheck_retained': true,
    'http_server.ip_addr': '127.0.0.1',
    'listeners.ssl.tls_min_version': '1.3',
    'mqtt.property_size': 16,
    'mqtt.max_packet_size': '1MB',
    'mqtt.max_connect_packet_size': '16KB',
    'mqtt.connect_timeout': '5s',
    'mqtt.max_mqueue_bytes': '4MB',
    'mqtt.max_outbuffer_bytes': '4MB',
    'mqtt.max_awaiting_rel': 1000,
    'mqtt.max_session_expiry_interval': '7d',
    'mqtt.max_topic_levels': 32,
    'mqtt.max_subscriptions': 1000,
    'mqtt.max_connections': 10_000,
    'mqtt.max_retained_count': 100_000,
    'mqtt.max_retained_bytes': '256MB',
    'mqtt.max_connections_per_address': 100,
    'mqtt.max_handshakes': 1000,
    'mqtt.max_message_rate': 1000,
    'mqtt.max_byte_rate': '1MB',
    'mqtt.max_loop_delay': '500ms',
    'mqtt.flapping.max_disconnects': 15,
  },
};

/** Puts what the chosen profile says where file, environment and flags say nothing. */
export function addProfileSettings(tree: SettingTree): void {
  const chosen = tree.get(['profile']);
  const name = typeof chosen === 'string' ? chosen.toLowerCase() : '';
  // A wrong name is told with all other wrong values.
  if (!Object.hasOwn(PROFILES, name)) return;
  const origin: Origin = { kind: 'profile', name };
  for (const [key, value] of Object.entries(PROFILES[name as ProfileName])) {
    const path = key.split('.');
    if (tree.get(path) === undefined && !isSectionWrong(tree, path)) tree.set(path, value, origin);
  }
}

/** A plain value where a section belongs is the mistake to tell, not one to replace. */
function isSectionWrong(tree: SettingTree, path: readonly string[]): boolean {
  return path.some((_, length) => {
    const section = length === 0 ? undefined : tree.get(path.slice(0, length));
    return section !== undefined && (typeof section !== 'object' || section === null || Array.isArray(section));
  });
}
