import type { Logger } from '@nanomq-ts/core';

/** Says nothing; the default of an embedded broker. */
export const silentLogger: Logger = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };
