import { expect, it } from 'vitest';
import { listenerView } from '../support/fake-parts.ts';
import { V4Harness } from '../support/v4-calls.ts';

it('lists listeners with what they refused and their certificates', async () => {
  const v4 = await V4Harness.open();
  v4.parts.listeners.rows = [
    listenerView(),
    listenerView({ name: 'unix:local', kind: 'unix', host: '/run/mqtt.sock', port: 0, certificate: null }),
  ];
  const { body } = await v4.get('/listeners?limit=1');
  expect(body).toEqual({
    code: 0,
    data: [
      {
        name: 'ssl:default',
        kind: 'tls',
        host: '0.0.0.0',
        port: 8883,
        connections: 2,
        refused: { wrongCa: 3 },
        certificate: {
          subject: 'CN=broker.example',
          fingerprint256: 'AB:CD',
          expires_at: '2024-11-13T22:13:20.000Z',
          days_to_expiry: 365,
          reloads: 1,
          failed_reloads: 0,
        },
      },
    ],
    meta: { page: 1, limit: 1, count: 2, hasnext: true },
  });
  expect(await v4.column('/listeners?page=2&limit=1', 'certificate')).toEqual([null]);
});
