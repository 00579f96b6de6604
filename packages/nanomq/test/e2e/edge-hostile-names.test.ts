import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { type EdgeBroker, startEdgeBroker } from './edge-broker.ts';

const MARKUP = '<img src=x onerror="alert(1)"></script><svg/onload=alert(2)>';
const CONTROLS = 'one\r\n2026-01-01T00:00:00.000Z ERROR forged line\u001b[2J\u009b31m\u2028';

let broker: EdgeBroker;
let client: MqttClient;

beforeAll(async () => {
  broker = await startEdgeBroker();
});
afterAll(async () => {
  await client?.endAsync(true);
  await broker?.stop();
});

async function api(path: string): Promise<{ readonly headers: Headers; readonly text: string }> {
  const authorization = `Basic ${Buffer.from('admin:public').toString('base64')}`;
  const url = `http://127.0.0.1:${broker.httpPort}${path}`;
  const answer = await fetch(url, { headers: { authorization }, signal: AbortSignal.timeout(5000) });
  return { headers: answer.headers, text: await answer.text() };
}

describe('CVE-2020-13821, CVE-2026-66077, CVE-2026-67236: names with markup', () => {
  const pages = ['/api/v4/clients', '/api/v4/subscriptions', '/api/v4/mqtt/retainer/messages', '/metrics', '/api/docs'];
  const encoded = encodeURIComponent(MARKUP);

  beforeAll(async () => {
    client = await connectAsync(broker.url, { clientId: MARKUP, username: MARKUP, password: 'x', reconnectPeriod: 0 });
    await client.subscribeAsync(MARKUP);
    await client.publishAsync(MARKUP, MARKUP, { retain: true, qos: 1 });
  });

  it.each([...pages, `/api/v4/clients/${encoded}`, `/${encoded}`, `/api/v4/clients?clientid=${encoded}`])(
    'are never a page at %s, and no credential is in a cookie',
    async (path) => {
      const { headers, text } = await api(path);
      expect(headers.get('set-cookie')).toBeNull();
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toMatch(/script-src|default-src/);
      if (/html/.test(headers.get('content-type') ?? '')) expect(text).not.toContain('<img src=x');
    },
  );

  it('are told as they are', async () => {
    const { text } = await api('/api/v4/clients');
    expect(JSON.parse(text).data).toMatchObject([{ client_id: MARKUP, username: MARKUP }]);
  });
});

it('CVE-2026-58213: control characters of a name never make a line of the log, or reach a terminal', async () => {
  const forging = await connectAsync(broker.url, { clientId: CONTROLS, username: CONTROLS, reconnectPeriod: 0 });
  // A packet of no known type ends the connection, and the log says whose it was.
  forging.stream.write(Buffer.from('f000', 'hex'));
  await forging.endAsync(true);
  await vi.waitFor(() => expect(broker.printed()).toContain('forged line'), 10_000);
  const lines = broker.printed().split(/[\n\r\u0085\u2028\u2029]/);
  expect(lines.filter((line) => line.startsWith('2026-01-01'))).toEqual([]);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  expect(broker.printed()).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
});
