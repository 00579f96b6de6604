import type { Placement } from '@nanomq-ts/core';

/**
 * What a shard asks in one turn, in its order: `+clientId` claims, `-clientId` releases. One text each, because a
 * structured clone of texts costs least.
 */
export type DirectoryRequest = readonly string[];

/** The answers to the claims of one request, in their order. */
export type DirectoryAnswer = readonly Placement[];

export const CLAIM = '+';
export const RELEASE = '-';
