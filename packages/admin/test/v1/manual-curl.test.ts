import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { AdminHarness } from '../support/admin-harness.ts';

const run = promisify(execFile);

/** The `data` of the manual's example of "Set Configuration". */
const MANUAL_SETTINGS = {
  url: 'nmq-tcp://0.0.0.0:1883',
  num_taskq_thread: 10,
  max_taskq_thread: 10,
  parallel: 10,
  property_size: 32,
  msq_len: 64,
  allow_anonymous: true,
  daemon: false,
  tls: {
    enable: false,
    url: 'tls+nmq-tcp://0.0.0.0:8883',
    key_password: null,
    key: null,
    cert: null,
    cacert: null,
    verify_peer: false,
    fail_if_no_peer_cert: false,
  },
  websocket: { enable: true, url: 'nmq-ws://0.0.0.0:8083/mqtt', tls_url: 'nmq-wss://0.0.0.0:8084/mqtt' },
  http_server: { enable: true, port: 8081, username: 'admin', password: 'public', auth_type: 'basic' },
  bridge: {
    bridge_mode: true,
    address: 'mqtt-tcp://broker.example:1883',
    proto_ver: 4,
    clientid: 'bridge_client',
    clean_start: true,
    username: 'username',
    password: 'passwd',
    keepalive: 60,
    parallel: 2,
    forwards: ['topic1/#', 'topic2/#'],
    subscription: [
      { topic: 'cmd/topic1', qos: 1 },
      { topic: 'cmd/topic2', qos: 2 },
    ],
  },
};

/** Runs curl; `URL` stands for the address. @returns status line and body */
async function curl(port: number, args: readonly string[]): Promise<{ head: string; body: string }> {
  const given = args.map((arg) => (arg === 'URL' ? `http://127.0.0.1:${port}/api/v1` : arg));
  const { stdout } = await run('curl', ['-s', '-i', ...given]);
  const [head = '', body = ''] = stdout.split('\r\n\r\n');
  return { head: head.split('\r\n')[0] ?? '', body };
}

const BASIC_ADMIN_PUBLIC = ['--header', 'Authorization: Basic YWRtaW46cHVibGlj'];

describe('the curl lines of the manual, as written', () => {
  it.each([2, 4, 5])('req %i: --basic -u admin:public -X POST URL -d ... (a form content type)', async (req) => {
    const harness = await AdminHarness.open();
    harness.admin.addClient({ clientId: 'c' }, ['t', 0]);
    const data = `{"req": ${req},"seq": 1111111}`;
    const { head, body } = await curl(harness.port, ['--basic', '-u', 'admin:public', '-X', 'POST', 'URL', '-d', data]);
    expect(head).toBe('HTTP/1.1 200 OK');
    expect(JSON.parse(body)).toMatchObject({ code: 0, seq: 1111111, rep: req });
  });

  it('req 11: --location --request GET URL with --data-raw (GET with a body)', async () => {
    const harness = await AdminHarness.open();
    const { head, body } = await curl(harness.port, [
      ...['--location', '--request', 'GET', 'URL', ...BASIC_ADMIN_PUBLIC],
      ...['--header', 'Content-Type: application/json', '--data-raw', '{\n"req": 11,\n"seq": 9999\n}'],
    ]);
    expect(head).toBe('HTTP/1.1 200 OK');
    expect(JSON.parse(body)).toMatchObject({ code: 0, seq: 9999, rep: 11, data: { http_server: { port: 8081 } } });
  });

  it('req 12: --location --request POST URL with --data-raw, then req 11 shows it', async () => {
    const harness = await AdminHarness.open();
    const request = JSON.stringify({ req: 12, seq: 111, data: MANUAL_SETTINGS }, null, 1);
    const { head, body } = await curl(harness.port, [
      ...['--location', '--request', 'POST', 'URL', ...BASIC_ADMIN_PUBLIC],
      ...['--header', 'Content-Type: application/json', '--data-raw', request],
    ]);
    expect([head, body]).toEqual(['HTTP/1.1 200 OK', '{"code":0,"seq":111,"rep":12}']);
    const shown = await harness.json({ body: { req: 11, seq: 1 } });
    expect(shown.body.data).toMatchObject({ ...MANUAL_SETTINGS, tls: { ...MANUAL_SETTINGS.tls, keypass: null } });
  });

  it('req 12 with addresses that are a scheme alone, as the manual prints them: they stay as they are', async () => {
    const harness = await AdminHarness.open();
    const data = {
      ...MANUAL_SETTINGS,
      url: 'nmq-tcp://',
      tls: { ...MANUAL_SETTINGS.tls, url: 'tls+nmq-tcp://' },
      websocket: { enable: true, url: 'nmq-ws://', tls_url: 'nmq-wss://' },
      bridge: { ...MANUAL_SETTINGS.bridge, address: 'mqtt-tcp://' },
    };
    expect((await harness.json({ body: { req: 12, seq: 1, data } })).body.code).toBe(0);
    const shown = (await harness.json({ body: { req: 11, seq: 1 } })).body.data;
    expect(shown).toMatchObject({ url: 'nmq-tcp://0.0.0.0:1883', tls: { url: null }, msq_len: 64 });
    expect(shown).toMatchObject({ bridge: { address: null, clientid: 'bridge_client' } });
  });
});
