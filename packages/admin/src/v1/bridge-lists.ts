import type { SettingTree, SettingValue } from '../ports/config-port.ts';
import { isTree, plain, type SettingField, type SettingPath } from './setting-field.ts';

/** The entries of a list of the configuration; nothing but sections counts. */
function entries(value: SettingValue | undefined): readonly SettingTree[] {
  return Array.isArray(value) ? (value as readonly SettingValue[]).filter(isTree) : [];
}

/** The value of a topic; '' where the entry has none, which the broker skips. */
function topicIn(entry: SettingTree, key: 'local_topic' | 'remote_topic'): string {
  const topic = entry[key];
  return typeof topic === 'string' ? topic : '';
}

/** Gives each entry of a list out once, in its order: several may have the same topic, and go to different ones. */
function takerOf(current: SettingValue | undefined, key: 'local_topic' | 'remote_topic') {
  const left = [...entries(current)];
  return (topic: string): SettingTree | undefined => {
    const at = left.findIndex((entry) => entry[key] === topic);
    return at < 0 ? undefined : left.splice(at, 1)[0];
  };
}

/** `bridge.forwards`: filters of local messages. An entry that stays keeps what v1 cannot show (`qos`, `prefix`, ...). */
export function bridgeForwards(name: string, path: SettingPath): SettingField {
  return {
    ...plain(name, path, []),
    show: (value) =>
      entries(value)
        .map((entry) => topicIn(entry, 'local_topic'))
        .filter((topic) => topic !== ''),
    read: (value, current) => {
      const take = takerOf(current, 'local_topic');
      return (value as readonly string[]).map((filter) => take(filter) ?? { remote_topic: '', local_topic: filter });
    },
  };
}

/** `bridge.subscription`: filters subscribed at the remote broker, with their QoS. */
export function bridgeSubscriptions(name: string, path: SettingPath): SettingField {
  return {
    ...plain(name, path, []),
    show: (value) =>
      entries(value)
        .map((entry) => ({ topic: topicIn(entry, 'remote_topic'), qos: Number(entry.qos ?? 0) }))
        .filter(({ topic }) => topic !== ''),
    read: (value, current) => {
      const take = takerOf(current, 'remote_topic');
      return (value as readonly { readonly topic: string; readonly qos: number }[]).map(({ topic, qos }) => ({
        ...(take(topic) ?? { remote_topic: topic, local_topic: '' }),
        qos,
      }));
    },
  };
}
