/**
 * What every AdminPort must do (port: core/src/ports/admin.ts). An implementation's test file supplies the harness:
 * `describeAdminPort('one shard', (options) => startMyHarness(options))`.
 */
import type { AdminPort, ShardOptions } from '@nanomq-ts/core';
import { afterEach, beforeEach, describe } from 'vitest';
import type { RawClient, RawConnectOptions } from '../raw-client.ts';
import { declareAdminClients } from './admin-port-clients.ts';
import { declareAdminEvents } from './admin-port-events.ts';
import { declareAdminFigures } from './admin-port-figures.ts';
import { declareAdminOrders } from './admin-port-orders.ts';
import { declareAdminPublish } from './admin-port-publish.ts';
import { declareAdminRetained } from './admin-port-retained.ts';
import { declareAdminSubscriptions } from './admin-port-subscriptions.ts';

/** A broker during one test. Everyone may enter and do anything. */
export interface AdminHarness {
  readonly admin: AdminPort;
  /** Where its clients come in. */
  readonly listenerName: string;
  /** A connected client. */
  client(protocolVersion: 3 | 4 | 5, options?: RawConnectOptions): Promise<RawClient>;
  /** Lets so much of the broker's time pass. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** Starts a broker; options that are left out are `TEST_SHARD_OPTIONS`. */
export type StartAdminHarness = (options: Partial<ShardOptions>) => Promise<AdminHarness>;

/** The harness of the test that runs. */
export interface AdminBench {
  harness: AdminHarness;
}

/** The options that the suite asks for. */
export const CONTRACT_OPTIONS = { maxSubscriptions: 1200, maxTopicLevels: 128, maxUserProperties: 32 } as const;

/** Declares the contract's tests for one implementation. */
export function describeAdminPort(name: string, start: StartAdminHarness): void {
  describe(`administration contract: ${name}`, () => {
    const bench = {} as AdminBench;
    beforeEach(async () => {
      bench.harness = await start(CONTRACT_OPTIONS);
    });
    afterEach(() => bench.harness.close());

    declareAdminClients(bench);
    declareAdminSubscriptions(bench);
    declareAdminFigures(bench);
    declareAdminOrders(bench);
    declareAdminPublish(bench);
    declareAdminRetained(bench);
    declareAdminEvents(bench);
  });
}
