import type { ShardOptions } from '@nanomq-ts/core';
import { MemoryLink, MemoryTransport, RawClient, ShardHarness } from '@nanomq-ts/testkit';
import fc from 'fast-check';
import { HeldLink } from '../model/held-link.ts';

/** Many meetings of few topics: exact, wildcard, `$`, shared, overlapping. */
const TOPICS = ['a', 'a/b', 'a/c', 'b', '$x', '$x/b'];
const FILTERS = [...TOPICS, 'a/+', '+/b', 'a/#', '#', '+', '$x/#', '$share/g/a/+', '$share/g/#', '$share/h/a/b'];
const CLIENTS = 5;

/** A step of a routing script; one that makes no sense in the client's state does nothing. */
export type RoutingStep =
  | {
      readonly does: 'connect';
      readonly client: number;
      readonly version: 3 | 4 | 5;
      readonly clean: boolean;
      readonly aliases: number;
      readonly packetBytes: number;
    }
  | { readonly does: 'break'; readonly client: number }
  | {
      readonly does: 'subscribe';
      readonly client: number;
      readonly filter: string;
      readonly qos: 0 | 1 | 2;
      readonly nl: boolean;
      readonly rap: boolean;
      readonly rh: number;
      /** Subscription identifier; 0 = none. */
      readonly id: number;
    }
  | { readonly does: 'unsubscribe'; readonly client: number; readonly filter: string }
  /** Messages in one chunk. */
  | { readonly does: 'publish'; readonly client: number; readonly messages: readonly RoutedMessage[] }
  /** The turn of the event loop ends and everyone reads. */
  | { readonly does: 'turn' };

/** A message of a routing script. */
export interface RoutedMessage {
  readonly topic: string;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  readonly payload: string;
}

const client = fc.nat({ max: CLIENTS - 1 });
const filter = fc.constantFrom(...FILTERS);
const qos = fc.constantFrom(0 as const, 1 as const, 2 as const);
const message = fc.record({
  topic: fc.constantFrom(...TOPICS),
  // Mostly QoS 0, which the route's segments are for.
  qos: fc.oneof({ weight: 3, arbitrary: fc.constant(0 as const) }, qos),
  retain: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
  payload: fc.constantFrom('', 'x', 'longer than any limit of the receivers'),
});
const connect = {
  does: fc.constant('connect' as const),
  version: fc.constantFrom(3 as const, 4 as const, 5 as const),
  clean: fc.boolean(),
  aliases: fc.constantFrom(0, 0, 1, 3),
  packetBytes: fc.constantFrom(0, 0, 0, 30),
};

const stepArbitrary: fc.Arbitrary<RoutingStep> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ ...connect, client }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('break' as const), client }) },
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constant('subscribe' as const),
      client,
      filter,
      qos,
      nl: fc.boolean(),
      rap: fc.boolean(),
      rh: fc.nat({ max: 2 }),
      id: fc.constantFrom(0, 1, 200),
    }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('unsubscribe' as const), client, filter }) },
  {
    weight: 8,
    arbitrary: fc.record({
      does: fc.constant('publish' as const),
      client,
      messages: fc.array(message, { minLength: 1, maxLength: 6 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('turn' as const) }) },
);

/** Scripts that begin with everyone connected. */
export const routingScriptArbitrary: fc.Arbitrary<RoutingStep[]> = fc
  .tuple(
    fc.tuple(...Array.from({ length: CLIENTS }, (_, i) => fc.record({ ...connect, client: fc.constant(i) }))),
    fc.array(stepArbitrary, { maxLength: 60, size: 'max' }),
  )
  .map(([connects, steps]) => [...connects, ...steps]);

/**
 * Runs a script and returns, client by client, every PUBLISH that came in order, then the other packets in theirs.
 * Which of the two kinds came first is left open: QoS 0 is collected while acknowledgements go out at once.
 */
export function runRoutingScript(script: readonly RoutingStep[], options: Partial<ShardOptions>): string[][] {
  const harness = new ShardHarness(options);
  const clients = Array.from({ length: CLIENTS }, (_, i) => new RoutedClient(harness, `client-${i}`));
  const readAll = () => {
    for (const each of clients) each.read();
  };
  for (const step of script) {
    if (step.does === 'turn') readAll();
    else clients[step.client]?.take(step);
  }
  for (let round = 0; round < 4; round++) readAll();
  return clients.map(({ messages, answers }) => [...messages, ...answers]);
}

class RoutedClient {
  readonly messages: string[] = [];
  readonly answers: string[] = [];
  readonly #harness: ShardHarness;
  readonly #clientId: string;
  #raw: RawClient | null = null;
  #link: HeldLink | null = null;
  #version = 0;
  #readAt = 0;

  constructor(harness: ShardHarness, clientId: string) {
    this.#harness = harness;
    this.#clientId = clientId;
  }

  take(step: Exclude<RoutingStep, { does: 'turn' }>): void {
    if (step.does === 'connect') {
      this.#connect(step);
      return;
    }
    const raw = this.#raw;
    if (raw === null) return;
    switch (step.does) {
      case 'break':
        this.read();
        raw.destroy();
        this.#raw = null;
        break;
      case 'subscribe':
        this.#subscribe(raw, step);
        break;
      case 'unsubscribe':
        raw.send({ cmd: 'unsubscribe', messageId: 1, unsubscriptions: [step.filter] });
        break;
      case 'publish':
        this.#link?.hold();
        for (const { topic, payload, ...rest } of step.messages) raw.publish(topic, payload, rest);
        this.#link?.release();
        break;
      default:
        step satisfies never;
    }
  }

  /** Writes down what came; acknowledgements go out by themselves. */
  read(): void {
    const raw = this.#raw;
    if (raw === null) return;
    raw.takeNow();
    for (; this.#readAt < raw.received.length; this.#readAt++) {
      const { cmd, messageId } = raw.received[this.#readAt] as RawClient['received'][number];
      const packet = raw.received[this.#readAt] as Extract<RawClient['received'][number], { cmd: 'publish' }>;
      if (cmd !== 'publish') this.answers.push(`${cmd} ${messageId ?? ''}`);
      else {
        const { topic, payload, qos, dup, retain, properties } = packet;
        this.messages.push(JSON.stringify([topic, payload.toString(), qos, dup, retain, messageId, properties]));
      }
    }
  }

  #connect({ version, clean, aliases, packetBytes }: Extract<RoutingStep, { does: 'connect' }>): void {
    if (this.#raw !== null) {
      this.read();
      this.#raw.destroy();
    }
    const transport = new MemoryTransport();
    transport.attach(this.#harness.shard.accept(transport));
    this.#link = new HeldLink(new MemoryLink(transport, () => this.#harness.clock.runTurn()));
    this.#raw = new RawClient(this.#link, version);
    this.#version = version;
    this.#readAt = 0;
    this.#raw.sendConnect({
      clientId: this.#clientId,
      clean,
      ...(version === 5 && {
        properties: {
          sessionExpiryInterval: 100,
          ...(aliases > 0 && { topicAliasMaximum: aliases }),
          ...(packetBytes > 0 && { maximumPacketSize: packetBytes }),
        },
      }),
    });
    this.read();
  }

  #subscribe(raw: RawClient, step: Extract<RoutingStep, { does: 'subscribe' }>): void {
    const { filter: topic, qos: wanted, nl, rap, rh, id } = step;
    // No Local on a shared subscription is a protocol error.
    const options = this.#version === 5 ? { nl: nl && !topic.startsWith('$share/'), rap, rh } : {};
    raw.send({
      cmd: 'subscribe',
      messageId: 1,
      subscriptions: [{ topic, qos: wanted, ...options }],
      ...(this.#version === 5 && id > 0 && { properties: { subscriptionIdentifier: id } }),
    });
  }
}
