import type { SettingTree, SettingValue } from '../ports/config-port.ts';

/** A value in the notation of API v1. */
export type V1Value = SettingValue;

/** One key of API v1 and the key of the configuration behind it. Pure: files are read elsewhere (`isFile`). */
export interface SettingField {
  /** `['url']`, `['tls', 'url']`. */
  readonly name: readonly string[];
  readonly path: readonly string[];
  /** Masked with `http_server.redact_secrets`. */
  readonly isSecret: boolean;
  /** v1 carries the text of the file whose path the configuration has. */
  readonly isFile: boolean;
  /** It turns its section on and off; a section that stands in the file without it is on. */
  readonly isSwitch: boolean;
  /** The value as v1 shows it; `settings` for what depends on more than the one key. */
  show(value: SettingValue | undefined, settings: SettingTree): V1Value;
  /** The value to write; undefined = the key is removed. `current` is the value in use. */
  read(value: V1Value, current: SettingValue | undefined): SettingValue | undefined;
}

/** The value at a path; undefined when it, or a section above it, is not there. */
export function settingAt(tree: SettingTree, path: readonly string[]): SettingValue | undefined {
  let value: SettingValue | undefined = tree;
  for (const name of path) {
    if (!isTree(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

/** Whether a value is a section. */
export function isTree(value: SettingValue | undefined): value is SettingTree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A path as an array, or joined by dots where no name has a dot of its own. */
export type SettingPath = string | readonly string[];

function parts(path: SettingPath): readonly string[] {
  return typeof path === 'string' ? path.split('.') : path;
}

/** A key with the same value on both sides; `fallback` is shown when it is not set. */
export function plain(name: string, path: SettingPath, fallback: V1Value): SettingField {
  return {
    name: name.split('.'),
    path: parts(path),
    isSecret: false,
    isFile: false,
    isSwitch: false,
    show: (value) => value ?? fallback,
    read: (value) => value ?? undefined,
  };
}

/** A text that is shown masked if the operator wants that. */
export function secret(name: string, path: SettingPath, fallback: V1Value): SettingField {
  return { ...plain(name, path, fallback), isSecret: true };
}

/** An address: v1 puts a scheme in front. The scheme alone stands for the address in use. */
export function address(name: string, path: SettingPath, prefix: string): SettingField {
  return {
    ...plain(name, path, null),
    show: (value) => (typeof value === 'string' ? `${prefix}${value}` : null),
    read: (value, current) => {
      if (typeof value !== 'string') return undefined;
      return value === prefix ? current : value.slice(prefix.length);
    },
  };
}

/** A URL with its scheme on both sides; the manual prints the scheme alone, which stands for the URL in use. */
export function remote(name: string, path: SettingPath): SettingField {
  return {
    ...plain(name, path, null),
    read: (value, current) => (typeof value === 'string' && value.endsWith('://') ? current : (value ?? undefined)),
  };
}

/** A duration: seconds in v1, milliseconds in the configuration. A part of a second is shown as a whole one. */
export function seconds(name: string, path: SettingPath, fallback: number): SettingField {
  return {
    ...plain(name, path, fallback),
    show: (value) => (typeof value === 'number' ? Math.ceil(value / 1000) : fallback),
    read: (value) => (typeof value === 'number' ? value * 1000 : undefined),
  };
}

/** A switch that is on when its section stands there and does not say `enable = false`. */
export function presence(name: string, section: SettingPath, isThere: (section: SettingTree) => boolean): SettingField {
  return {
    ...plain(name, [...parts(section), 'enable'], false),
    isSwitch: true,
    show: (value, settings) => {
      const tree = settingAt(settings, parts(section));
      return isTree(tree) && value !== false && isThere(tree);
    },
  };
}

/** A PEM file: its path in the configuration, its text in v1. */
export function pemFile(name: string, path: SettingPath): SettingField {
  return { ...plain(name, path, null), isFile: true };
}
