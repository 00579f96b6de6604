import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runCommandLine } from '../../src/cli/command-line.ts';
import { EdgeCerts } from '../e2e/edge-broker.ts';
import { fakeSurroundings, temporaryFolder } from './fake-surroundings.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

describe('nanomq', () => {
  it.each([
    ['--version', `${version}\n`],
    ['-v', `${version}\n`],
    ['--help', /start .*\n.*check/],
    ['start --help', /--conf <file>[\s\S]*--url <url>[\s\S]*--log_level <level>/],
    ['check --help', /--conf <file>/],
  ])('%s prints on stdout and succeeds', async (words, expected) => {
    const around = fakeSurroundings();
    expect(await runCommandLine(words.split(' '), around)).toBe(0);
    expect(around.out()).toMatch(expected);
    expect(around.err()).toBe('');
  });

  it.each([
    ['an unknown command', 'fly', /unknown command 'fly'\n.*--help/],
    ['an unknown flag', 'start --fly', /unknown option '--fly'\n.*--help/],
    ['a flag without its value', 'start --conf', /argument missing/],
    ['words too many', 'start now', /too many arguments/],
    ['no command', '', /Usage: nanomq/],
    ['a bad level', 'start --log_level loud', /^flag --log_level: .*\[VALUE_INVALID\]\n$/],
    ['a bad URL', 'start --url 127.0.0.1:1883', /^flag --url: .*\[VALUE_INVALID\]\n$/],
    ['a URL of later', 'start --url nmq-quic://127.0.0.1:1', /^flag --url: .*\[URL_NOT_SUPPORTED\]\n$/],
    ['a file that is not there', 'start --conf absent.conf', /absent\.conf.*\[FILE_UNREADABLE\]\n$/],
    [
      'a log file that cannot be',
      'start --conf log.conf',
      /^nanomq: the log file .*cannot be opened: .*(ENOTDIR|EEXIST)/,
    ],
  ])('refuses %s on stderr with exit code 1', async (_, words, expected) => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'log.conf'), 'log { to = [file], dir = "log.conf" }');
    const around = fakeSurroundings({}, { cwd });
    expect(await runCommandLine(words.split(' ').filter(Boolean), around)).toBe(1);
    expect(around.err()).toMatch(expected);
    expect(around.out()).toBe('');
  });

  it('passes on what nobody expected', async () => {
    const createBroker = () => Promise.reject(new TypeError('a defect'));
    await expect(runCommandLine(['start'], fakeSurroundings({}, { createBroker }))).rejects.toThrow('a defect');
  });
});

describe('nanomq check', () => {
  const conf = (text: string) => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'a.conf'), text);
    return { cwd };
  };

  it.each([
    ['a key that is not there', 'auth.jwt.jwksfile = none.json', /none\.json cannot be read/],
    ['a damaged hash', 'auth.password { ann = "$scrypt$ln=99,r=8,p=1$c2FsdHNhbHQ$aGFzaA" }', /user "ann": the scrypt/],
  ])('refuses %s, as the start would', async (_, text, expected) => {
    const around = fakeSurroundings({}, conf(text));
    expect(await runCommandLine(['check', '--conf', 'a.conf'], around)).toBe(1);
    expect(around.err()).toMatch(/^nanomq: section auth cannot be used: /);
    expect(around.err()).toMatch(expected);
    expect(around.err()).not.toContain('aGFzaA');
  });

  it('prints every effective value with where it came from', async () => {
    const around = fakeSurroundings({}, { ...conf('mqtt.retry_interval = 30s\n'), env: { NANOMQ_LOG_LEVEL: 'info' } });
    const words = ['check', '--conf', 'a.conf', '--url', 'nmq-tcp://127.0.0.1:1', '--url', 'nmq-tcp://[::1]:2'];
    expect(await runCommandLine(words, around)).toBe(0);
    expect(around.out()).toMatch(/^mqtt\.retry_interval = 30s +.*a\.conf:1:\d+$/m);
    expect(around.out()).toMatch(/^log\.level = info +env NANOMQ_LOG_LEVEL$/m);
    expect(around.out()).toMatch(/127\.0\.0\.1:1\S* +flag --url$/m);
    expect(around.out()).toMatch(/\[::1\]:2\S* +flag --url$/m);
    expect(around.out()).toMatch(/^mqtt\.max_packet_size = \S+ +default$/m);
    expect(around.err()).toBe('');
  });

  it('the flag is stronger than the environment', async () => {
    const around = fakeSurroundings({}, { env: { NANOMQ_LOG_LEVEL: 'info' } });
    expect(await runCommandLine(['check', '--log_level', 'debug'], around)).toBe(0);
    expect(around.out()).toMatch(/^log\.level = debug +flag --log_level$/m);
  });

  it('takes the file that NANOMQ_CONF_PATH names, unless --conf names another', async () => {
    const { cwd } = conf('log.level = error');
    writeFileSync(join(cwd, 'b.conf'), 'log.level = fatal');
    const env = { NANOMQ_CONF_PATH: 'b.conf' };
    for (const [words, expected] of [
      [['check'], 'fatal'],
      [['check', '--conf', 'a.conf'], 'error'],
    ] as const) {
      const around = fakeSurroundings({}, { cwd, env });
      expect(await runCommandLine(words, around)).toBe(0);
      expect(around.out()).toContain(`log.level = ${expected}`);
    }
  });

  it.each([
    ['that are not there', 'absent.pem', 'server.key', 1, /ssl:default .*absent\.pem: .*\[TLS_FILE_UNREADABLE\]\n$/],
    ['that do not fit', 'server.pem', 'client.key', 1, /ssl:default .*client\.key: .*\[TLS_KEY_MISMATCH\]\n$/],
    ['that have expired', 'expired.pem', 'expired.key', 1, /ssl:default .*\[TLS_CERTIFICATE_EXPIRED\]\n$/],
    ['that are good', 'server.pem', 'server.key', 0, /^$/],
  ])('reads certificates as the listeners would: those %s', async (_, certfile, keyfile, code, expected) => {
    const certs = EdgeCerts.make();
    onTestFinished(() => certs.remove());
    const text = `listeners.ssl { bind = "127.0.0.1:0", certfile = ${certfile}, keyfile = ${keyfile} }`;
    writeFileSync(certs.path('a.conf'), text);
    const around = fakeSurroundings({}, { cwd: certs.folder });
    expect(await runCommandLine(['check', '--conf', 'a.conf'], around)).toBe(code);
    expect(around.err()).toMatch(expected);
    expect(around.out()).toContain('listeners.ssl.certfile = ');
  });

  it('warns of unknown keys and succeeds', async () => {
    const around = fakeSurroundings({}, conf('mqtt.max_pakcet_size = 1MB'));
    expect(await runCommandLine(['check', '--conf', 'a.conf'], around)).toBe(0);
    expect(around.out()).toMatch(/^warning: .*a\.conf:1:\d+: unknown key .*\[UNKNOWN_KEY\]$/m);
  });

  it('names every problem with file, line and column and fails', async () => {
    const around = fakeSurroundings({}, conf('mqtt {\n  max_packet_size = much\n  retry_interval = soon\n}\n'));
    expect(await runCommandLine(['check', '--conf', 'a.conf'], around)).toBe(1);
    expect(around.err().trimEnd().split('\n')).toEqual([
      expect.stringMatching(/a\.conf:2:\d+: .*max_packet_size.*\[VALUE_INVALID\]$/),
      expect.stringMatching(/a\.conf:3:\d+: .*retry_interval.*\[VALUE_INVALID\]$/),
    ]);
    expect(around.out()).toBe('');
  });
});
