import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

// biome-ignore lint/correctness/useImportExtensions: the module is plain JavaScript; beside it stand its types
import { pahoPython } from '../../dev/real-clients.mjs';
import { type EdgeBroker, startEdgeBroker } from './edge-broker.ts';

const run = promisify(execFile);
const ROUND_TRIP = fileURLToPath(new URL('paho_round_trip.py', import.meta.url));
const python = pahoPython();

describe.runIf(python !== undefined)('the Paho Python client', () => {
  let broker: EdgeBroker;

  beforeAll(async () => {
    broker = await startEdgeBroker();
  });
  afterAll(() => broker?.stop());

  describe.each(['tls', 'ws', 'wss'] as const)('over %s', (carrier) => {
    it.each([
      ['3.1', '31'],
      ['3.1.1', '311'],
      ['5.0', '5'],
    ])('MQTT %s: gets back QoS 0, 1, 2 in order, then the retained message', async (_, version) => {
      const words = [ROUND_TRIP, String(broker.ports[carrier]), version, carrier, broker.certs.path('ca.pem')];
      const { stdout } = await run(python ?? 'python3', words, { timeout: 25_000 });
      const live = [0, 1, 2].map((qos) => ({
        topic: `paho/${version}/live/${qos}`,
        qos,
        retain: false,
        payload: `hi ${qos}`,
      }));
      const kept = { topic: `paho/${version}/kept`, qos: 1, retain: true, payload: 'kept' };
      expect(JSON.parse(stdout)).toMatchObject([...live, kept]);
    });
  });
});
