import { beforeEach, describe, expect, it } from 'vitest';
import { ChangeRefused } from '../../src/ports/config-port.ts';
import { V4Harness } from '../support/v4-calls.ts';

let v4: V4Harness;

beforeEach(async () => {
  v4 = await V4Harness.open();
});

function changed(): unknown[] {
  return v4.config.changes.flat().map(({ path, value }) => [path.join('.'), value]);
}

describe('GET /reload', () => {
  it('shows what changes while the broker runs', async () => {
    v4.config.tree = { ...v4.config.tree, bridges: { mqtt: { b: { server: 'x' } } } };
    v4.config.waits = ['listeners.tcp.bind'];
    expect((await v4.get('/reload')).body).toEqual({
      code: 0,
      data: {
        property_size: 32,
        max_packet_size: 262_144,
        client_max_packet_size: 262_144,
        msq_len: 2048,
        qos_duration: 10,
        keepalive_backoff: 1.25,
        allow_anonymous: true,
        enable_mqtt_stream: false,
        bridge_mode: true,
        needs_restart: ['listeners.tcp.bind'],
      },
    });
  });
});

describe('POST /reload', () => {
  it('without a body reads the file again', async () => {
    expect(await v4.post('/reload')).toEqual({
      status: 200,
      body: { code: 0, data: { applied: ['log.level'], needs_restart: ['listeners.tcp.bind'], unchanged: [] } },
    });
    expect(v4.config.reloads).toBe(1);
  });

  it('with a body changes settings', async () => {
    const data = {
      msq_len: 5,
      qos_duration: 10,
      client_max_packet_size: 64,
      keepalive_backoff: 1.5,
      bridge_mode: false,
    };
    expect((await v4.post('/reload', { data })).body).toEqual({
      code: 0,
      data: {
        applied: ['mqtt.max_mqueue_len', 'mqtt.max_packet_size', 'mqtt.keepalive_multiplier'],
        needs_restart: [],
        unchanged: ['mqtt.retry_interval'],
      },
    });
    expect(changed()).toEqual([
      ['mqtt.max_mqueue_len', 5],
      ['mqtt.max_packet_size', 65_536],
      ['mqtt.keepalive_multiplier', 1.5],
    ]);
    expect(v4.config.reloads).toBe(0);
  });

  it('takes the thousandths of the manual for a keep alive backoff', async () => {
    await v4.post('/reload', { data: { keepalive_backoff: 1750 } });
    expect(changed()).toEqual([['mqtt.keepalive_multiplier', 1.75]]);
  });

  it('a whole reply with one change sent back is that change', async () => {
    const { data } = (await v4.get('/reload')).body;
    await v4.post('/reload', { data: { ...(data as object), max_packet_size: 1024 } });
    expect(changed()).toEqual([['mqtt.max_packet_size', 1_048_576]]);
  });

  it.each<[string, unknown, number, string]>([
    ['no JSON', 'x', 109, 'the body is not legal JSON'],
    ['no data', {}, 107, 'data: required'],
    ['a wrong type', { data: { msq_len: true } }, 108, 'data.msq_len: '],
    ['a key nobody knows', { data: { url: 'nmq-tcp://x' } }, 108, 'data: Unrecognized key: "url"'],
    ['what cannot be changed', { data: { bridge_mode: true } }, 108, 'data.bridge_mode: '],
    ['streams', { data: { enable_mqtt_stream: true } }, 108, 'data.enable_mqtt_stream: '],
  ])('%s is refused', async (_, body, code, msg) => {
    const reply = await v4.post('/reload', body);
    expect([reply.status, reply.body.code]).toEqual([400, code]);
    expect(reply.body.msg).toContain(msg);
    expect([v4.config.reloads, changed()]).toEqual([0, []]);
  });

  it.each([
    ['syntax', 400, 117],
    ['invalid', 400, 108],
  ] as const)('a file that is refused: %s', async (kind, status, code) => {
    v4.config.refusal = new ChangeRefused(kind, [{ path: '', text: 'line 3' }]);
    expect(await v4.post('/reload')).toEqual({ status, body: { code, msg: 'line 3' } });
  });
});

describe('POST /config_update', () => {
  it('puts the text in place as it came', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: HOCON
    const text = '# größer\r\nmqtt { max_mqueue_len = ${?X} }\n';
    expect(await v4.post('/config_update', text)).toEqual({ status: 200, body: { code: 0 } });
    expect(v4.config.files).toEqual([text]);
    expect(JSON.stringify(v4.harness.lines)).not.toContain('max_mqueue_len');
  });

  it.each([
    ['syntax', 400, 117],
    ['invalid', 400, 117],
    ['file', 500, 118],
  ] as const)('refused: %s', async (kind, status, code) => {
    v4.config.refusal = new ChangeRefused(kind, [{ path: '', text: 'because' }]);
    expect(await v4.post('/config_update', 'a = 1')).toEqual({ status, body: { code, msg: 'because' } });
  });

  it('no text: 400/107; no UTF-8: 400/108', async () => {
    expect((await v4.post('/config_update')).body.code).toBe(107);
    expect((await v4.post('/config_update', Buffer.from([0xc3, 0x28]))).body.code).toBe(108);
    expect(v4.config.files).toEqual([]);
  });
});
