import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PemPaths } from '@nanomq-ts/admin';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PemFiles } from '../../src/administration/pem-files.ts';
import { type OpenedControl, openControl, type PreparingOptions } from '../configuration/opened-control.ts';

const MAKE_CERTS = fileURLToPath(new URL('../../../../etc/certs/make-dev-certs.sh', import.meta.url));
const OWN = /^nanomq-.*\.pem$/;

interface Texts {
  readonly key: string;
  readonly cert: string;
  readonly cacert: string;
}

let server: Texts;
let client: Texts;

const folder = mkdtempSync(join(tmpdir(), 'nanomq-pem-'));

beforeAll(() => {
  execFileSync(MAKE_CERTS, [folder], { stdio: ['ignore', 'ignore', 'inherit'] });
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  server = { key: read('server.key'), cert: read('server.pem'), cacert: read('ca.pem') };
  client = { key: read('client.key'), cert: read('client.pem'), cacert: read('ca.pem') };
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface OpenedPem extends OpenedControl {
  readonly pem: PemFiles;
  readonly options: PreparingOptions;
  /** Names of the files made here. */
  own(): readonly string[];
  /** Names them in the configuration. */
  readonly use: (paths: PemPaths) => ReturnType<OpenedControl['control']['change']>;
}

function openPem(text = 'listeners.ssl { bind = "127.0.0.1:0", enable = false }\n'): OpenedPem {
  const options: PreparingOptions = {};
  const opened = openControl(text, {}, [], options);
  const use = ({ key, cert, cacert }: PemPaths) =>
    opened.control.change([
      ...(key === undefined ? [] : [{ path: ['listeners', 'ssl', 'keyfile'], value: key }]),
      ...(cert === undefined ? [] : [{ path: ['listeners', 'ssl', 'certfile'], value: cert }]),
      ...(cacert === undefined ? [] : [{ path: ['listeners', 'ssl', 'cacertfile'], value: cacert }]),
    ]);
  return {
    ...opened,
    options,
    use,
    pem: new PemFiles(opened.control, opened.file),
    own: () => readdirSync(dirname(opened.file)).filter((name) => OWN.test(name)),
  };
}

describe('PEM texts', () => {
  it('become files beside the configuration, which names them; only the broker reads the key', async () => {
    const opened = openPem();
    await opened.pem.write(server, null, opened.use);
    const names = opened.own();
    expect(names.map((name) => name.replace(/[0-9a-f]{16}/, 'HASH'))).toEqual([
      'nanomq-cacert-HASH.pem',
      'nanomq-cert-HASH.pem',
      'nanomq-key-HASH.pem',
    ]);
    const [cacert = '', cert = '', key = ''] = names.map((name) => join(dirname(opened.file), name));
    expect([cacert, cert, key].map((path) => readFileSync(path, 'utf8'))).toEqual([
      server.cacert,
      server.cert,
      server.key,
    ]);
    expect(statSync(key).mode & 0o777).toBe(0o600);
    expect(opened.current.accepted.effective).toMatchObject({
      listeners: { ssl: { keyfile: key, certfile: cert, cacertfile: cacert } },
    });
  });

  it('others take their place in one step, and the former ones go', async () => {
    const opened = openPem();
    await opened.pem.write(server, null, opened.use);
    const before = opened.own();
    await opened.pem.write({ key: client.key, cert: client.cert }, null, opened.use);
    const after = opened.own();
    expect(after).toHaveLength(3);
    expect(after.filter((name) => before.includes(name))).toEqual([
      expect.stringMatching(/^nanomq-cacert-/) as unknown as string,
    ]);
  });

  it('the same once more change nothing', async () => {
    const opened = openPem();
    await opened.pem.write(server, null, opened.use);
    const before = opened.own();
    const report = await opened.pem.write(server, null, opened.use);
    expect(report.applied).toEqual([]);
    expect(opened.own()).toEqual(before);
  });

  it('files of the operator stay', async () => {
    const opened = openPem('listeners.ssl { bind = "127.0.0.1:0", enable = false, certfile = "mine.pem" }\n');
    await opened.pem.write({ cert: server.cert }, null, opened.use);
    expect(opened.read()).not.toContain('mine.pem');
    expect(opened.own().map((name) => basename(name))).toHaveLength(1);
  });

  it('a change that is refused leaves nothing behind', async () => {
    const opened = openPem();
    opened.options.refuse = new Error('the listener does not take it');
    await expect(opened.pem.write(server, null, opened.use)).rejects.toThrow('the listener does not take it');
    expect(opened.own()).toEqual([]);
  });

  it.each<[string, () => Partial<Texts>, string, RegExp]>([
    ['a certificate that is none', () => ({ cert: 'x' }), 'certfile', /^must be certificates/],
    ['an empty one', () => ({ cert: '' }), 'certfile', /^must be certificates/],
    [
      'a damaged authority',
      () => ({ cacert: server.cacert.replace(/M/g, '!') }),
      'cacertfile',
      /^must be certificates/,
    ],
    ['a key that is none', () => ({ key: server.cert }), 'keyfile', /^must be a private key/],
    ['a key of another certificate', () => ({ key: client.key, cert: server.cert }), 'keyfile', /^does not belong/],
  ])('%s is refused by the name of its key, and quoted nowhere', async (_, texts, key, message) => {
    const opened = openPem();
    const refusal = await opened.pem.write(texts(), null, opened.use).catch((error: unknown) => error);
    expect(refusal).toMatchObject({
      name: 'ChangeRefused',
      kind: 'invalid',
      problems: [{ path: `listeners.ssl.${key}`, text: expect.stringMatching(message) }],
    });
    expect([opened.own(), opened.happened]).toEqual([[], []]);
  });
});
