import type { BrokerFigures, Logger, Placement } from '@nanomq-ts/core';
import type { AdminQuestion, ToldEvent } from '../gather/admin-question.ts';
import type { PeerLink } from './peer-link.ts';

/** What the main thread orders a shard in a worker thread; each is answered once it is carried out. */
export type ShardOrder<Settings, Doors> =
  /** Answered when the peer has introduced itself. */
  | { readonly kind: 'join'; readonly link: PeerLink }
  | { readonly kind: 'peerGone'; readonly peerId: Placement }
  /** Answered with where it listens. */
  | { readonly kind: 'listen'; readonly doors: Doors }
  | { readonly kind: 'listenerViews' }
  /** Answered with what has to wait for a restart. */
  | { readonly kind: 'prepare'; readonly settings: Settings }
  | { readonly kind: 'commit' }
  | { readonly kind: 'discard' }
  | { readonly kind: 'admin'; readonly question: AdminQuestion }
  /** Answered when every connection is gone. */
  | { readonly kind: 'close' };

/** Levels of core's Logger. */
export type LineLevel = keyof Logger;

/** What a shard tells the main thread without being asked. */
export type ShardNews =
  | {
      readonly kind: 'line';
      readonly level: LineLevel;
      readonly fields: Readonly<Record<string, unknown>>;
      readonly text: string;
    }
  | { readonly kind: 'event'; readonly event: ToldEvent }
  /** Once a second. `utilization`: the part of the time in which the event loop was busy, from 0 to 1. */
  | { readonly kind: 'pulse'; readonly utilization: number; readonly figures: BrokerFigures };
