import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

// biome-ignore lint/correctness/useImportExtensions: the module is plain JavaScript; beside it stand its types
import { pahoPython } from '../../dev/real-clients.mjs';
import { type StartedBroker, startBroker } from './started-broker.ts';

const run = promisify(execFile);
const ROUND_TRIP = fileURLToPath(new URL('paho_round_trip.py', import.meta.url));
const python = pahoPython();

/** As sent by the script; the user properties repeat a name, and their order counts [MQTT-3.3.2-18]. */
const PROPERTIES = {
  contentType: 'text/plain',
  responseTopic: 'paho/answer',
  correlationData: '0001ff',
  userProperty: [
    ['a', '1'],
    ['b', '2'],
    ['a', '3'],
  ],
};

describe.runIf(python !== undefined)('the Paho Python client', () => {
  let broker: StartedBroker;

  beforeAll(async () => {
    broker = await startBroker();
  });
  afterAll(() => broker?.stop());

  it.each([
    ['3.1', '31', {}],
    ['3.1.1', '311', {}],
    ['5.0', '5', PROPERTIES],
  ])(
    '[v3.1.1 MQTT-7.0.0-2] MQTT %s: gets back QoS 0, 1, 2 in order, then the retained message',
    async (_, version, properties) => {
      const { stdout } = await run(python ?? 'python3', [ROUND_TRIP, String(broker.port), version], {
        timeout: 25_000,
      });
      const live = [0, 1, 2].map((qos) => ({
        topic: `paho/${version}/live/${qos}`,
        qos,
        retain: false,
        payload: `hi ${qos}`,
        ...properties,
      }));
      const kept = { topic: `paho/${version}/kept`, qos: 1, retain: true, payload: 'kept' };
      expect(JSON.parse(stdout)).toEqual([...live, kept]);
    },
  );
});
