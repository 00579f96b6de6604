import type { IncomingMessage } from 'node:http';
import type { RefusalReason } from '../entry/refusal.ts';

/** MQTT 5.0 and 3.1.1, then 3.1: the first that a client offers is selected. */
const SUBPROTOCOLS = ['mqtt', 'mqttv3.1'] as const;

/** What an upgrade is checked against. */
export interface UpgradeRules {
  readonly path: string;
  /** Null admits every origin. */
  readonly origins: ReadonlySet<string> | null;
}

/** Why an upgrade is refused: status and one line for the client, reason for the log. */
export interface UpgradeFault {
  readonly status: number;
  readonly text: string;
  readonly reason: RefusalReason;
}

/** @throws RangeError when one is not an origin as browsers write them */
export function originSet(origins: readonly string[]): ReadonlySet<string> {
  for (const origin of origins) {
    // A `*` parses as a host, and whoever writes one expects a pattern.
    if (origin.includes('*') || !URL.canParse(origin) || new URL(origin).origin !== origin) {
      throw new RangeError(`'${origin}' is not an origin, such as 'https://app.example.com'`);
    }
  }
  return new Set(origins);
}

/** @returns why a request to become a WebSocket is refused, null when it is not */
export function upgradeFault(request: IncomingMessage, rules: UpgradeRules): UpgradeFault | null {
  const [path] = (request.url ?? '').split('?', 1);
  if (path !== rules.path) return { status: 404, text: 'nothing is served here', reason: 'wsPath' };
  const { origin } = request.headers;
  if (rules.origins !== null && origin !== undefined && !rules.origins.has(origin)) {
    return { status: 403, text: 'this origin is not allowed', reason: 'wsOrigin' };
  }
  // A client must offer it [MQTT-6.0.0-3].
  if (subprotocolOf(offeredBy(request)) === undefined) {
    return { status: 400, text: 'the subprotocol mqtt is needed', reason: 'wsSubprotocol' };
  }
  return null;
}

/** @returns the subprotocol to select of those offered [MQTT-6.0.0-4], undefined when none is ours */
export function subprotocolOf(offered: ReadonlySet<string>): string | undefined {
  return SUBPROTOCOLS.find((name) => offered.has(name));
}

function offeredBy(request: IncomingMessage): Set<string> {
  const header = request.headers['sec-websocket-protocol'] ?? '';
  return new Set(header.split(',').map((name) => name.trim()));
}
