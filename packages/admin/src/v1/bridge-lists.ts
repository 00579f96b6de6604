import type { SettingTree, SettingValue } from '../ports/config-port.ts';
import { isTree, plain, type SettingField, type SettingPath } from './setting-field.ts';

/** The entries of a list of the configuration; nothing but sections counts. */
function entries(value: SettingValue | undefined): readonly SettingTree[] {
  return Array.isArray(value) ? (value as readonly SettingValue[]).filter(isTree) : [];
}

/** `bridge.forwards`: filters of local messages. An entry that stays keeps what v1 cannot show (`qos`, `prefix`, ...). */
export function bridgeForwards(name: string, path: SettingPath): SettingField {
  return {
    ...plain(name, path, []),
    show: (value) => entries(value).map((entry) => String(entry.local_topic ?? '')),
    read: (value, current) => {
      const known = entries(current);
      return (value as readonly string[]).map(
        (filter) => known.find((entry) => entry.local_topic === filter) ?? { remote_topic: '', local_topic: filter },
      );
    },
  };
}

/** `bridge.subscription`: filters subscribed at the remote broker, with their QoS. */
export function bridgeSubscriptions(name: string, path: SettingPath): SettingField {
  return {
    ...plain(name, path, []),
    show: (value) =>
      entries(value).map((entry) => ({ topic: String(entry.remote_topic ?? ''), qos: Number(entry.qos ?? 0) })),
    read: (value, current) => {
      const known = entries(current);
      return (value as readonly { readonly topic: string; readonly qos: number }[]).map(({ topic, qos }) => ({
        ...(known.find((entry) => entry.remote_topic === topic) ?? { remote_topic: topic, local_topic: '' }),
        qos,
      }));
    },
  };
}
