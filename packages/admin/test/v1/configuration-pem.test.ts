import { describe, expect, it } from 'vitest';
import { ChangeRefused } from '../../src/ports/config-port.ts';
import { AdminHarness } from '../support/admin-harness.ts';

function set(harness: AdminHarness, data: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
  return harness.json({ body: { req: 12, seq: 1, data } });
}

describe('req 12, PEM texts', () => {
  it('become files, and their paths stand in one change with the rest', async () => {
    const harness = await AdminHarness.open();
    const tls = { key: 'KEY', key_password: 'kp', cert: 'CERTIFICATE', cacert: 'CA', verify_peer: true };
    expect((await set(harness, { qos_duration: 99, tls })).status).toBe(200);
    const texts = { key: 'KEY', cert: 'CERTIFICATE', cacert: 'CA' };
    expect(harness.parts.pem.written).toEqual([[texts, 'kp']]);
    expect(harness.config.changes.map((changes) => changes.map(({ path, value }) => [path.join('.'), value]))).toEqual([
      [
        ['mqtt.retry_interval', 99_000],
        ['listeners.ssl.keyfile', '/pem/key'],
        ['listeners.ssl.key_password', 'kp'],
        ['listeners.ssl.certfile', '/pem/cert'],
        ['listeners.ssl.cacertfile', '/pem/cacert'],
        ['listeners.ssl.verify_peer', true],
        ['listeners.ssl.enable', false],
      ],
    ]);
    expect(JSON.stringify(harness.lines)).not.toContain('KEY');
  });

  it('are 400/108 with the name of the key when refused, and nothing changes', async () => {
    const harness = await AdminHarness.open();
    const path = 'listeners.ssl.certfile';
    harness.parts.pem.refusal = new ChangeRefused('invalid', [{ path, text: 'is no certificate' }]);
    const { status, body } = await set(harness, { qos_duration: 99, tls: { cert: 'x' } });
    expect([status, body.code, body.msg]).toEqual([
      400,
      108,
      'data.tls.cert (listeners.ssl.certfile): is no certificate',
    ]);
    expect(harness.config.changes).toEqual([]);
  });

  it('are 400/108 where there is nowhere to write them to', async () => {
    const harness = await AdminHarness.openBare();
    const { status, body } = await set(harness, { tls: { cert: 'x' } });
    expect([status, body.code, body.msg]).toEqual([400, 108, 'data.tls: PEM texts are not taken here, only paths']);
  });
});
