import { loadConfig } from '@nanomq-ts/config';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AdministeredBroker, startAdministered } from './administered-broker.ts';

const HOSTILE_TEXTS = [
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it must not become a substitution
  '${HOME} ${?PATH} ${mqtt.max_mqueue_len}',
  'quote " backslash \\ slash // hash # comma , brace } bracket ]',
  'include "/etc/passwd"\ninclude required(file("/etc/shadow"))\n}',
  '"""triple""" \\u0022 \\"',
  '\u0000\u0001\b\f\n\r\t\u001b[31m\u007f\u0085\u2028\u2029\ufeff\u202e',
  "<script>alert(1)</script> &amp; '; DROP TABLE x; --",
  '😀 ünïcödé 漢字',
  ' leading and trailing ',
];

let broker: AdministeredBroker;

// One broker for all of them: each text replaces the one before it.
beforeAll(async () => {
  broker = await startAdministered('log.level = info\n');
});
afterAll(() => broker?.stop());

describe('set -> file -> reload', () => {
  it.each(HOSTILE_TEXTS)('%j comes back as it was', async (text) => {
    const bridge = {
      address: 'mqtt-tcp://127.0.0.1:9',
      clientid: text,
      username: text,
      password: text,
      forwards: [text],
    };
    await broker.v1({ req: 12, data: { bridge } });
    const { code, stdout, stderr } = await broker.nanomq('reload');
    expect([code, stderr, stdout]).toEqual([0, '', expect.stringMatching(/^reloaded .*nanomq\.conf\n/)]);
    expect((await broker.v1({ req: 11 })).data).toMatchObject({ bridge });
    // Read by a process that knows nothing of it, with an environment that a substitution would find.
    const { effective } = loadConfig({
      file: broker.file,
      env: { HOME: 'leaked', PATH: 'leaked' },
      flags: {},
      cwd: '/',
    });
    expect(JSON.stringify(effective)).not.toContain('leaked');
    expect(JSON.stringify(effective)).toContain(JSON.stringify(text).slice(1, -1));
  });
});
