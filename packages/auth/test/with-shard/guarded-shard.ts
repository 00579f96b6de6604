import {
  MemoryLink,
  MemoryTransport,
  type MemoryTransportOptions,
  RawClient,
  type RawConnectOptions,
  RecordedLog,
  ShardHarness,
} from '@nanomq-ts/testkit';
import { AccessRules, type AccessRulesParts } from '../../src/access-rules.ts';
import type { AuthSettings } from '../../src/auth-settings.ts';

/** A core with users and rules, in memory. */
export class GuardedShard {
  readonly log = new RecordedLog();
  readonly harness: ShardHarness;
  readonly rules: AccessRules;

  constructor(settings: AuthSettings, parts: Partial<AccessRulesParts> = {}) {
    const rules = new AccessRules(settings, { logger: this.log, nowMs: () => this.harness.clock.nowMs(), ...parts });
    this.rules = rules;
    this.harness = new ShardHarness({}, { access: rules });
  }

  /** A client that has not sent anything yet, from somewhere. */
  open(version: 3 | 4 | 5, from: MemoryTransportOptions = {}): RawClient {
    const transport = new MemoryTransport(from);
    transport.attach(this.harness.shard.accept(transport));
    return new RawClient(new MemoryLink(transport, () => this.harness.clock.runTurn()), version);
  }

  /** CONNECT and what it was answered: 0, or the code of the refusal in the terms of its version. */
  async enter(
    version: 3 | 4 | 5,
    options: RawConnectOptions,
    from: MemoryTransportOptions = {},
  ): Promise<{ client: RawClient; code: number }> {
    const client = this.open(version, from);
    const { reasonCode, returnCode } = await client.connect({ clientId: 'c1', ...options });
    return { client, code: (version === 5 ? reasonCode : returnCode) ?? 0 };
  }

  /** Somebody who was let in. */
  async client(
    version: 3 | 4 | 5,
    options: RawConnectOptions = {},
    from: MemoryTransportOptions = {},
  ): Promise<RawClient> {
    const { client, code } = await this.enter(version, options, from);
    if (code !== 0) throw new Error(`refused with ${code}`);
    return client;
  }
}

/** Topics of the messages that came and were not taken. */
export async function topicsOf(client: RawClient): Promise<string[]> {
  await client.ping();
  const topics: string[] = [];
  for (let packet = client.takeNow('publish'); packet !== undefined; packet = client.takeNow('publish')) {
    topics.push(packet.topic);
  }
  return topics;
}
