import type { ShardOptions } from '@nanomq-ts/core';
import { ShardHarness } from '@nanomq-ts/testkit';
import { BrokerModel } from './broker-model.ts';
import { CLIENT_IDS, type Step } from './script.ts';
import { ScriptedClient } from './scripted-client.ts';

/** Above the resend interval of the harness, milliseconds. */
const WAIT_MS = 11_000;
/** Rounds of reading and acknowledging that settle whatever a script leaves open. */
const SETTLE_ROUNDS = 1000;

/** Each client's PUBLISH packets as text, in order. */
export type Transcripts = readonly (readonly string[])[];

/**
 * Runs a script against a shard and the model, lets everyone come back and settle, and ends every session.
 * @throws Error when the shard breaks a promise of the model, or keeps something at the end
 */
export async function runScript(script: readonly Step[], options: Partial<ShardOptions> = {}): Promise<Transcripts> {
  const harness = new ShardHarness(options);
  const model = new BrokerModel();
  const clients = CLIENT_IDS.map((clientId) => new ScriptedClient(harness, model, clientId));
  for (const step of script) {
    take(step, clients, harness);
    await harness.settled();
    if (step.does === 'connect') clients[step.client]?.read();
  }
  await settle(clients, model, harness);
  model.expectNothingOwed();
  await endEverything(clients, harness);
  return clients.map(({ transcript }) => transcript);
}

function take(step: Step, clients: readonly ScriptedClient[], harness: ShardHarness): void {
  if (step.does === 'wait') {
    harness.clock.advance(WAIT_MS);
    for (const client of clients) client.read();
    return;
  }
  takeAs(clients[step.client] as ScriptedClient, step);
}

function takeAs(client: ScriptedClient, step: Exclude<Step, { does: 'wait' }>): void {
  switch (step.does) {
    case 'connect':
      client.connect(step);
      break;
    case 'disconnect':
      client.disconnect();
      break;
    case 'break':
      client.break(step.reads);
      break;
    case 'subscribe':
      client.subscribe(step.filter, step.qos);
      break;
    case 'unsubscribe':
      client.unsubscribe(step.filter);
      break;
    case 'publish':
      client.publish(step.messages, step.lost);
      break;
    case 'acknowledge':
      client.acknowledge(step.count);
      break;
    case 'read':
      client.read();
      break;
    case 'congest':
      client.congest();
      break;
    case 'relieve':
      client.relieve();
      break;
    default:
      step satisfies never;
  }
}

/** Everyone with a session comes back to it, reads and acknowledges until nothing more comes. */
async function settle(clients: readonly ScriptedClient[], model: BrokerModel, harness: ShardHarness): Promise<void> {
  const comeBack = { version: 5, clean: false, lasting: true, receiveMaximum: 65_535 } as const;
  for (const client of clients) {
    if (client.isConnected) client.relieve();
    else if (model.clientIds.includes(client.clientId)) client.connect(comeBack);
    await harness.settled();
  }
  for (let round = 0; round < SETTLE_ROUNDS; round++) {
    for (const client of clients) {
      client.read();
      client.acknowledge(1000);
    }
    for (const client of clients) client.read();
    if (clients.every((client) => client.owesNothing || !client.isConnected)) return;
  }
  throw new Error('acknowledgements never end');
}

async function endEverything(clients: readonly ScriptedClient[], harness: ShardHarness): Promise<void> {
  const { shard } = harness;
  const unsettled = shard.messages.size;
  if (unsettled > 0) throw new Error(`${unsettled} messages are kept after everything was acknowledged`);
  for (const client of clients) client.disconnect();
  await Promise.resolve();
  await harness.settled();
  for (const session of [...shard.sessions.values()]) shard.sessions.end(session);
  const kept = [shard.sessions.size, shard.index.size, shard.connectionCount, shard.messages.size];
  if (kept.some((count) => count > 0)) throw new Error(`sessions, subscriptions, connections, messages kept: ${kept}`);
}
