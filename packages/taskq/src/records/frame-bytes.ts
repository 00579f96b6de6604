import type { Peer } from '@nanomq-ts/core';

/** What a record takes of a PUBLISH frame. */
export type FrameBytes = Pick<Parameters<Peer['publish']>[0], 'buf' | 'start' | 'end' | 'hasProperties' | 'deadlineMs'>;
