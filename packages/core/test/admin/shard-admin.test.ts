import { describeAdminPort } from '@nanomq-ts/testkit';
import { ShardAdminHarness } from './shard-admin-harness.ts';

describeAdminPort('one shard', async (options) => new ShardAdminHarness(options));
