import { formatPath } from './hocon/key-path.ts';
import { DEFAULT_ORIGIN, type Origin } from './origin.ts';

/** Sections and values before they are checked, and where each came from. */
export class SettingTree {
  readonly root: Record<string, unknown> = {};
  /** By `formatPath`; sections have an origin too. */
  readonly origins = new Map<string, Origin>();
  /** Of what stands inside lists, such as the fields of access rules: by the path with indices. */
  readonly #itemOrigins = new Map<string, Origin>();

  /** Sets one value, making the sections on the way; a plain value in the way is replaced. */
  set(path: readonly string[], value: unknown, origin: Origin): void {
    let section = this.root;
    for (const name of path.slice(0, -1)) {
      const next = own(section, name);
      section = isSection(next) ? next : put(section, name, {});
    }
    if (Array.isArray(own(section, path.at(-1) ?? ''))) this.#forgetItems(formatPath(path));
    put(section, path.at(-1) ?? '', value);
    this.origins.set(formatPath(path), origin);
  }

  /** Says where an item of a list, or something in it, came from. */
  setItemOrigin(path: readonly string[], origin: Origin): void {
    this.#itemOrigins.set(formatPath(path), origin);
  }

  /** Takes a section or value away with everything in it. */
  remove(path: readonly string[]): void {
    const parent = this.get(path.slice(0, -1));
    if (isSection(parent)) delete parent[path.at(-1) ?? ''];
    const prefix = formatPath(path);
    for (const key of this.origins.keys()) {
      if (key === prefix || key.startsWith(`${prefix}.`)) this.origins.delete(key);
    }
    this.#forgetItems(prefix);
  }

  /** The value or section at `path`, or undefined; items of lists by their index. */
  get(path: readonly string[]): unknown {
    let value: unknown = this.root;
    for (const name of path) value = isSection(value) || Array.isArray(value) ? own(value, name) : undefined;
    return value;
  }

  /** Where the value at `path` came from; of something missing, where its section came from. */
  originOf(path: readonly string[]): Origin {
    for (let length = path.length; length > 0; length--) {
      const key = formatPath(path.slice(0, length));
      const origin = this.#itemOrigins.get(key) ?? this.origins.get(key);
      if (origin !== undefined) return origin;
    }
    return DEFAULT_ORIGIN;
  }

  #forgetItems(prefix: string): void {
    for (const key of this.#itemOrigins.keys()) if (key.startsWith(`${prefix}.`)) this.#itemOrigins.delete(key);
  }
}

/** Is this a section (and not a list or a plain value)? */
export function isSection(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function own(section: object, name: string): unknown {
  return Object.hasOwn(section, name) ? (section as Record<string, unknown>)[name] : undefined;
}

function put<T>(section: Record<string, unknown>, name: string, value: T): T {
  section[name] = value;
  return value;
}
