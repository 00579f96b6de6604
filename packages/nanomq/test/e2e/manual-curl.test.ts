import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// biome-ignore lint/correctness/useImportExtensions: the module is plain JavaScript; beside it stand its types
import { hasCurl } from '../../dev/real-clients.mjs';
import { type AdministeredBroker, startAdministered } from './administered-broker.ts';

const run = promisify(execFile);

/** The `data` of the manual's "Set Configuration", character by character; it prints addresses as a scheme alone. */
const MANUAL_SETTINGS = `{
  "url": "nmq-tcp://",
  "num_taskq_thread": 10,
  "max_taskq_thread": 10,
  "parallel": 10,
  "property_size": 32,
  "msq_len": 64,
  "allow_anonymous": true,
  "daemon": false,
  "tls": {
    "enable": false,
    "url": "tls+nmq-tcp://",
    "key_password": null,
    "key": null,
    "cert": null,
    "cacert": null,
    "verify_peer": false,
    "fail_if_no_peer_cert": false
  },
  "websocket": { "enable": true, "url": "nmq-ws://", "tls_url": "nmq-wss://" },
  "http_server": { "enable": true, "port": 8081, "username": "admin", "password": "public", "auth_type": "basic" },
  "bridge": {
    "bridge_mode": true,
    "address": "mqtt-tcp://",
    "proto_ver": 4,
    "clientid": "bridge_client",
    "clean_start": true,
    "username": "username",
    "password": "passwd",
    "keepalive": 60,
    "parallel": 2,
    "forwards": ["topic1/#", "topic2/#"],
    "subscription": [{ "topic": "cmd/topic1", "qos": 1 }, { "topic": "cmd/topic2", "qos": 2 }]
  }
}`;

describe.runIf(hasCurl())('the curl lines of the manual against a started broker', () => {
  let broker: AdministeredBroker;
  let client: MqttClient;
  /** One line for the shell, as the manual has it but for the port. @returns status line and JSON */
  const shell = async (line: string) => {
    const { stdout } = await run('bash', ['-c', line.replaceAll('localhost:8081', `localhost:${broker.httpPort}`)]);
    const parts = stdout.split('\r\n\r\n');
    return { head: parts.length > 1 ? parts[0]?.split('\r\n')[0] : undefined, body: JSON.parse(parts.at(-1) ?? '') };
  };

  beforeAll(async () => {
    broker = await startAdministered();
    client = await connectAsync(broker.url, {
      clientId: 'lamp',
      username: 'kitchen',
      keepalive: 61,
      protocolVersion: 5,
    });
    await client.subscribeAsync('cmd/#', { qos: 1 });
  });
  afterAll(async () => {
    await client?.endAsync(true);
    await broker?.stop();
  });

  it.each([
    [2, { client_size: 1, message_in: 0, message_out: 0, message_drop: 0 }],
    [4, [{ client_id: 'lamp', subscriptions: [{ topic: 'cmd/#', qos: 1 }] }]],
    [
      5,
      [
        {
          client_id: 'lamp',
          username: 'kitchen',
          keepalive: 61,
          protocol: 5,
          connect_status: 1,
          message_receive: 0,
        },
      ],
    ],
  ])('req %i', async (req, data) => {
    const line = `curl -i --basic -u admin:public -X POST "http://localhost:8081/api/v1" -d '{"req": ${req},"seq": 1111111}'`;
    const { head, body } = await shell(line);
    expect(head).toBe('HTTP/1.1 200 OK');
    expect(body).toEqual({ code: 0, seq: 1111111, rep: req, data });
  });

  it('Get Configuration: GET with a body', async () => {
    const { body } = await shell(`curl --location --request GET 'http://localhost:8081/api/v1' \\
--header 'Authorization: Basic YWRtaW46cHVibGlj' \\
--header 'Content-Type: application/json' \\
--data-raw '{
"req": 11,
"seq": 9999
}'`);
    expect(body).toMatchObject({
      code: 0,
      seq: 9999,
      rep: 11,
      data: {
        url: `nmq-tcp://127.0.0.1:${broker.port}`,
        allow_anonymous: true,
        http_server: { enable: true, port: broker.httpPort, username: 'admin', password: 'public', auth_type: 'basic' },
      },
    });
  });

  it('Set Configuration: what the manual sets is in the file, in force where it can be, and shown', async () => {
    const { body } = await shell(`curl --location --request POST 'http://localhost:8081/api/v1' \\
--header 'Authorization: Basic YWRtaW46cHVibGlj' \\
--header 'Content-Type: application/json' \\
--data-raw '{
"req": 12,
"seq": 111,
"data": ${MANUAL_SETTINGS}
}'`);
    expect(body).toEqual({ code: 0, seq: 111, rep: 12 });
    const { data } = await broker.v1({ req: 11 });
    expect(data).toMatchObject({
      msq_len: 64,
      parallel: 10,
      bridge: { clientid: 'bridge_client', password: 'passwd' },
    });
    expect(await broker.readText()).toMatch(/^# of the operator\nlisteners\.tcp\.bind = "127\.0\.0\.1:\d+"\n/);
    const { code, stdout } = await broker.nanomq('reload');
    expect([code, stdout]).toEqual([0, expect.not.stringContaining('applied')]);
  });
});
