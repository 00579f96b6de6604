import fc from 'fast-check';

/** A message that a step publishes. */
export interface ScriptMessage {
  readonly topic: string;
  readonly qos: 0 | 1 | 2;
}

/**
 * One step of a script. `client` is an index into the script's client identifiers; a step that makes no sense in
 * the state the client is in does nothing.
 */
export type Step =
  /** A connection; it takes over when the client identifier has one. `lasting`: the session outlives it. */
  | {
      readonly does: 'connect';
      readonly client: number;
      readonly version: 3 | 4 | 5;
      readonly clean: boolean;
      readonly lasting: boolean;
      /** MQTT 5.0 alone. */
      readonly receiveMaximum: number;
    }
  | { readonly does: 'disconnect'; readonly client: number }
  /** The connection breaks; what the broker sent is read before or is lost. */
  | { readonly does: 'break'; readonly client: number; readonly reads: boolean }
  | { readonly does: 'subscribe'; readonly client: number; readonly filter: string; readonly qos: 0 | 1 | 2 }
  | { readonly does: 'unsubscribe'; readonly client: number; readonly filter: string }
  /** In one chunk. `lost`: the connection breaks and the chunk never arrives. */
  | {
      readonly does: 'publish';
      readonly client: number;
      readonly messages: readonly ScriptMessage[];
      readonly lost: boolean;
    }
  /** Sends up to so many of the acknowledgements that the client owes. */
  | { readonly does: 'acknowledge'; readonly client: number; readonly count: number }
  | { readonly does: 'read'; readonly client: number }
  /** The client stops reading from the network; `relieve` ends it. */
  | { readonly does: 'congest'; readonly client: number }
  | { readonly does: 'relieve'; readonly client: number }
  /** Longer than the resend interval of MQTT 3.x. */
  | { readonly does: 'wait' };

/** Client identifiers of a script. */
export const CLIENT_IDS = ['ada', 'bob', 'cyd', 'dan'] as const;

const FILTERS = ['a/b', 'a/c', 'b', 'a/+', '+/b', 'a/#', '#'];
const TOPICS = ['a/b', 'a/c', 'b', 'c/b'];

const client = fc.nat({ max: CLIENT_IDS.length - 1 });
const qos = fc.constantFrom(0 as const, 1 as const, 2 as const);
const message = fc.record({ topic: fc.constantFrom(...TOPICS), qos });

function step<Does extends Step['does'], Fields>(
  does: Does,
  fields: { [Name in keyof Fields]: fc.Arbitrary<Fields[Name]> },
): fc.Arbitrary<{ does: Does } & Fields> {
  return fc.record({ does: fc.constant(does), ...fields }) as fc.Arbitrary<{ does: Does } & Fields>;
}

const connect = step('connect', {
  client,
  version: fc.constantFrom(3 as const, 4 as const, 5 as const),
  clean: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
  lasting: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
  receiveMaximum: fc.constantFrom(1, 2, 5, 65_535),
});

const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: connect },
  { weight: 1, arbitrary: step('disconnect', { client }) },
  { weight: 2, arbitrary: step('break', { client, reads: fc.boolean() }) },
  { weight: 4, arbitrary: step('subscribe', { client, filter: fc.constantFrom(...FILTERS), qos }) },
  { weight: 1, arbitrary: step('unsubscribe', { client, filter: fc.constantFrom(...FILTERS) }) },
  {
    weight: 12,
    arbitrary: step('publish', {
      client,
      messages: fc.array(message, { minLength: 1, maxLength: 5 }),
      lost: fc.oneof({ weight: 12, arbitrary: fc.constant(false) }, fc.constant(true)),
    }),
  },
  { weight: 8, arbitrary: step('acknowledge', { client, count: fc.integer({ min: 1, max: 8 }) }) },
  { weight: 5, arbitrary: step('read', { client }) },
  { weight: 1, arbitrary: step('congest', { client }) },
  { weight: 1, arbitrary: step('relieve', { client }) },
  { weight: 1, arbitrary: fc.constant({ does: 'wait' as const }) },
);

/** Scripts that begin with everyone connected and two of them subscribed, so that short ones do something too. */
export function scriptArbitrary(maxSteps: number): fc.Arbitrary<Step[]> {
  const opening = fc.tuple(
    ...CLIENT_IDS.map((_, i) => connect.map((made) => ({ ...made, client: i }))),
    ...[0, 1].map((i) =>
      step('subscribe', { client: fc.constant(i), filter: fc.constantFrom(...FILTERS), qos: fc.constant(2 as const) }),
    ),
  );
  return fc
    .tuple(opening, fc.array(stepArbitrary, { minLength: 5, maxLength: maxSteps, size: 'max' }))
    .map(([first, rest]) => [...first, ...rest]);
}
