/**
 * Who a normative statement binds.
 * - `server`: the server alone.
 * - `both`: either side, or the client with the server bound to refuse what breaks the rule.
 * - `client`: the client alone; a server can neither obey nor enforce it, so it gets no row in the coverage table.
 */
export type Binds = 'server' | 'client' | 'both';

/**
 * Features a clause presupposes. While `met` is false the clause binds nobody here; setting it to true makes
 * the coverage check demand source and test for every clause that names the feature.
 */
export const FEATURES = {
  webSocket: { met: true, why: '' },
  bridge: { met: true, why: '' },
  enhancedAuth: { met: false, why: 'no authentication method is offered: CONNECT with one is refused with 0x8C' },
} as const;

/** The name of a feature in {@link FEATURES}. */
export type Feature = keyof typeof FEATURES;

/** What a row may say beyond identifier, side and meaning. */
export interface ClauseOptions {
  /** MQTT 3.1.1 rows only: 5.0 clauses that say the same; where all of them are obeyed and tested, so is this. */
  readonly same?: readonly string[];
  /** The clause binds only with this feature. */
  readonly when?: Feature;
}

/**
 * One numbered normative statement: identifier without the `MQTT-` prefix (`3.3.1-2`), whom it binds, what it
 * says in our own words (one line, <= 120 characters), and options. A tuple keeps a row on one line.
 */
export type Clause = readonly [id: string, binds: Binds, says: string, options?: ClauseOptions];
