import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { BENCH } from '../checkout.ts';
import type { BrokerKind } from './broker-kind.ts';

/** aedes from npm, the other broker in JavaScript. It speaks no MQTT 5.0. */
export const AEDES: BrokerKind = {
  name: 'aedes',
  protocols: [4],
  missing: () => (aedesPackage() === undefined ? 'the package aedes is not installed' : undefined),
  canBe: ({ carrier, user, bridge }) => carrier === 'tcp' && user === null && bridge === null,
  version: () => {
    const path = aedesPackage();
    return path === undefined ? 'unknown' : (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
  },
  command: ({ port }) => [process.execPath, join(BENCH, 'dist/peers/aedes-server.js'), String(port)],
};

function aedesPackage(): string | undefined {
  try {
    // Its `exports` hide package.json, but its entry lies beside it.
    return join(createRequire(import.meta.url).resolve('aedes'), '../package.json');
  } catch {
    return undefined;
  }
}
