import { isDeepStrictEqual } from 'node:util';
import type { ListenerSpec } from './listener-spec.ts';

/** How the open listeners become those of another configuration. */
export interface ListenersPlan {
  readonly toOpen: readonly ListenerSpec[];
  /** Ids; of a listener that moves, `toOpen` has the new one. */
  readonly toClose: readonly string[];
  /** Open ones that take other certificates where they are. */
  readonly toSecure: readonly ListenerSpec[];
  /** Open ones that take other settings where they are, if they can. */
  readonly toAdjust: readonly ListenerSpec[];
  /** Ids of those whose change waits for a restart. */
  readonly held: readonly string[];
}

/** An open listener, as far as a plan needs it. */
export interface PlannedListener {
  /** What it was opened with, certificates of later included. */
  readonly spec: ListenerSpec;
  /** The real one; 0 for a Unix socket. */
  readonly port: number;
}

/**
 * Compares what is open with what is wanted. A listener can be opened, closed and moved to another port; it cannot be
 * opened where another one of ours still is, for then a failure would leave neither; such a move waits, and with it all
 * of the listener but its certificates.
 * @param isFixed  the listeners' sockets are shared with others, so that none may be opened or closed
 */
export function planListeners(
  open: readonly PlannedListener[],
  wanted: readonly ListenerSpec[],
  isFixed: boolean,
): ListenersPlan {
  const toOpen: ListenerSpec[] = [];
  const toClose: string[] = [];
  const toSecure: ListenerSpec[] = [];
  const toAdjust: ListenerSpec[] = [];
  const held: string[] = [];
  const isFree = (spec: ListenerSpec) => !isFixed && !open.some((one) => isSamePlace(one, spec));
  for (const spec of wanted) {
    const current = open.find((one) => one.spec.id === spec.id);
    if (current === undefined) {
      if (isFree(spec)) toOpen.push(spec);
      else held.push(spec.id);
      continue;
    }
    const moves = !isDeepStrictEqual(placeOf(current.spec), placeOf(spec));
    if (moves && isFree(spec)) {
      toOpen.push(spec);
      toClose.push(spec.id);
      continue;
    }
    if (!isDeepStrictEqual(tlsOf(current.spec), tlsOf(spec))) toSecure.push(spec);
    if (moves) held.push(spec.id);
    else if (!isDeepStrictEqual(withoutTls(current.spec), withoutTls(spec))) toAdjust.push(spec);
  }
  const waiting = wanted.filter(({ id }) => held.includes(id));
  for (const one of open) {
    const { id } = one.spec;
    if (wanted.some((spec) => spec.id === id)) continue;
    // Whoever is to take its place cannot yet: better the former than nobody.
    const isNeeded = waiting.some((spec) => isSamePlace(one, spec));
    (isFixed || isNeeded ? held : toClose).push(id);
  }
  return { toOpen, toClose, toSecure, toAdjust, held };
}

/** Address, or file of a Unix socket with who may open it. */
function placeOf({ config }: ListenerSpec): unknown {
  if ('path' in config) return { path: config.path, mode: config.mode };
  return { host: config.host, port: config.port };
}

function tlsOf({ config }: ListenerSpec): unknown {
  return 'tls' in config ? config.tls : null;
}

function withoutTls({ config }: ListenerSpec): unknown {
  if (!('tls' in config)) return config;
  const { tls: _, ...rest } = config;
  return rest;
}

/** Whatever the address: 0.0.0.0 and 127.0.0.1 cannot have one port both. */
function isSamePlace({ spec, port }: PlannedListener, { config }: ListenerSpec): boolean {
  if ('path' in config) return 'path' in spec.config && spec.config.path === config.path;
  return config.port !== 0 && config.port === port;
}
