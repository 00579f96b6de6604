import { chmodSync, existsSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { ChangeRefused, type SettingChange } from '@nanomq-ts/admin';
import { AuthError } from '@nanomq-ts/auth';
import { loadConfig } from '@nanomq-ts/config';
import { describe, expect, it } from 'vitest';
import { CommandFailure } from '../../src/cli/command-failure.ts';
import { ListenError } from '../../src/listeners/listen-error.ts';
import { enabledListeners, type ListenerSpec } from '../../src/listeners/listener-spec.ts';
import { openControl } from './opened-control.ts';

const TEXT = '# kept\nmqtt { max_mqueue_len = 100 } # kept too\nlisteners.tcp.bind = "127.0.0.1:1883"\n';
const { config: CONFIG } = loadConfig({ env: {}, flags: {}, cwd: '/', text: TEXT });
const [TCP] = enabledListeners(CONFIG.listeners) as [ListenerSpec];
const change = (path: string, value: SettingChange['value']): SettingChange => ({ path: path.split('.'), value });

/** What was refused, as `path: text`. */
async function refusal(refused: Promise<unknown>): Promise<ChangeRefused> {
  const error: unknown = await refused.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ChangeRefused);
  return error as ChangeRefused;
}

describe('settings', () => {
  it('are the effective values', () => {
    const { control } = openControl('http_server { password = "canary" }');
    expect(control.settings()).toMatchObject({ http_server: { password: 'canary' }, mqtt: { retry_interval: 10_000 } });
  });

  it('show what was accepted last, also what waits for a restart', async () => {
    const { control, current } = openControl(TEXT);
    await control.change([change('mqtt.max_topic_alias', 5)]);
    expect(control.settings()).toMatchObject({ mqtt: { max_topic_alias: 5 } });
    expect(current.waiting).toEqual(['mqtt.max_topic_alias']);
  });
});

describe('change', () => {
  it('writes the file, keeps what stands there, applies, and tells what came of it', async () => {
    const { control, happened, read, file } = openControl(TEXT);
    const report = await control.change([
      change('mqtt.max_mqueue_len', 5),
      change('mqtt.max_topic_alias', 7),
      change('mqtt.property_size', 32),
    ]);
    expect(report).toEqual({
      applied: ['mqtt.max_mqueue_len'],
      needsRestart: ['mqtt.max_topic_alias'],
      unchanged: ['mqtt.property_size'],
    });
    expect(read()).toMatch(/^# kept\nmqtt \{ max_mqueue_len = 5.*\} # kept too\n/);
    expect(existsSync(`${file}.bak`)).toBe(true);
    expect(happened).toMatchObject([{ applied: { config: { mqtt: { queueLimitMessages: 5, maxTopicAlias: 7 } } } }]);
  });

  it.each([
    `\${HOME}`,
    '"',
    '\\',
    'a\nb',
    '#x',
    '// y',
    'include "z"',
    '\u0000\u001b\u2028',
    `\${?X}"""`,
    ' ',
    'true',
    '😀',
  ])('the text %j is the same when the file is read again', async (text) => {
    const { control, current } = openControl(TEXT);
    await control.change([change('http_server.password', text)]);
    expect(current.read().effective).toMatchObject({ http_server: { password: text } });
    expect(await control.reload()).toMatchObject({ applied: [] });
  });

  it('refuses all of it for one bad value, with each problem; file and broker stay as they are', async () => {
    const { control, happened, read, file } = openControl(TEXT);
    const error = await refusal(
      control.change([
        change('mqtt.max_mqueue_len', 5),
        change('mqtt.retry_interval', 'x'),
        change('log.level', 'loud'),
      ]),
    );
    expect(error.kind).toBe('invalid');
    expect(error.problems.map(({ path }) => path)).toEqual(['mqtt.retry_interval', 'log.level']);
    expect(error.problems[0]?.text).not.toContain('mqtt.retry_interval');
    expect(read()).toBe(TEXT);
    expect(existsSync(`${file}.bak`)).toBe(false);
    expect(happened).toEqual([]);
  });

  it('refuses when the file cannot be written; nothing is applied', async () => {
    const { control, happened, file } = openControl(TEXT);
    // Root may write anywhere, but no file without a directory.
    rmSync(dirname(file), { recursive: true });
    expect((await refusal(control.change([change('mqtt.max_mqueue_len', 5)]))).kind).toBe('file');
    expect(happened).toEqual([]);
  });

  it('refuses when the file cannot be written in the end; what was made ready is discarded', async () => {
    const { control, current, happened, file } = openControl(TEXT, {}, [], {
      preparing: () => rmSync(dirname(file), { recursive: true }),
    });
    expect((await refusal(control.change([change('mqtt.max_mqueue_len', 5)]))).kind).toBe('file');
    expect(happened).toEqual(['discarded']);
    expect(current.accepted).toBe(current.composed);
  });

  it.each([
    [
      'a listener',
      new ListenError(TCP, Object.assign(new Error('x'), { code: 'EADDRINUSE' })),
      'listeners.tcp',
      'listener tcp:default cannot listen on 127.0.0.1:1883: the address is in use by another process [EADDRINUSE]',
    ],
    [
      'users and rules',
      new AuthError('KEY_INVALID', 'a.pem is not for ES256'),
      'auth',
      'section auth cannot be used: a key for tokens is not valid: a.pem is not for ES256',
    ],
    ['what was put in words already', new CommandFailure('it cannot be'), '', 'it cannot be'],
  ])('refuses what the broker cannot do: %s; file and broker stay as they are', async (_, refuse, path, text) => {
    const { control, current, happened, read } = openControl(TEXT, {}, [], { refuse });
    const error = await refusal(control.change([change('mqtt.max_mqueue_len', 5)]));
    expect(error.kind).toBe('invalid');
    expect(error.problems).toEqual([{ path, text }]);
    expect(read()).toBe(TEXT);
    expect(happened).toEqual([]);
    expect(current.accepted).toBe(current.composed);
  });

  it('passes on what nobody expected', async () => {
    const { control } = openControl(TEXT, {}, [], { refuse: new TypeError('a defect') });
    await expect(control.change([change('mqtt.max_mqueue_len', 5)])).rejects.toThrow(TypeError);
  });

  it('tells what a listener that stays as it is waits with, and what of it does not wait', async () => {
    const { control } = openControl(TEXT, {}, [], { held: ['tcp:default'] });
    const changes = [change('listeners.tcp.bind', '127.0.0.1:1884'), change('listeners.tcp.x.bind', '127.0.0.1:1885')];
    const { applied, needsRestart } = await control.change(changes);
    expect(needsRestart).toEqual(['listeners.tcp.bind']);
    expect(applied).toContain('listeners.tcp.x.bind');
    expect(control.waiting()).toEqual(['listeners.tcp.bind']);
  });

  it('takes in what somebody edited in the file meanwhile', async () => {
    const { control, write, happened } = openControl(TEXT);
    write(`${TEXT}log.level = debug\n`);
    const report = await control.change([change('mqtt.max_mqueue_len', 5)]);
    expect(report.applied).toEqual(['mqtt.max_mqueue_len', 'log.level']);
    expect(happened).toMatchObject([{ applied: { config: { log: { level: 'debug' } } } }]);
  });

  it('is refused while the file holds an error, which is named with its place', async () => {
    const { control, write } = openControl(TEXT);
    write('mqtt {\n');
    const error = await refusal(control.change([change('mqtt.max_mqueue_len', 5)]));
    expect(error.kind).toBe('syntax');
    expect(error.message).toMatch(/a\.conf:\d+:\d+/);
  });

  it('of what a variable decides is written, and told as without effect', async () => {
    const { control, happened, read } = openControl(TEXT, { NANOMQ_MSQ_LEN: '9' });
    const report = await control.change([change('mqtt.max_mqueue_len', 5)]);
    expect(report).toEqual({ applied: [], needsRestart: [], unchanged: ['mqtt.max_mqueue_len'] });
    expect(read()).toContain('max_mqueue_len = 5');
    expect(happened[0]).toBe('mqtt.max_mqueue_len is overridden by env NANOMQ_MSQ_LEN');
  });

  it('without a file is kept for the next reading', async () => {
    const { control, current, file } = openControl(null);
    await control.change([change('mqtt.max_mqueue_len', 5)]);
    await control.change([change('mqtt.max_topic_alias', 6)]);
    expect(current.read().config.mqtt).toMatchObject({ queueLimitMessages: 5, maxTopicAlias: 6 });
    expect(existsSync(file)).toBe(false);
  });

  it('that puts back what waits for a restart leaves nothing waiting', async () => {
    const { control, current } = openControl(TEXT);
    await control.change([change('mqtt.max_topic_alias', 5)]);
    const report = await control.change([change('mqtt.max_topic_alias', 1024)]);
    expect(report).toMatchObject({ applied: ['mqtt.max_topic_alias'], needsRestart: [] });
    expect(current.waiting).toEqual([]);
  });

  it('comes one after another: neither of two at once is lost', async () => {
    const { control, read } = openControl(TEXT);
    await Promise.all([
      control.change([change('mqtt.max_mqueue_len', 5)]),
      control.change([change('mqtt.max_topic_alias', 6)]),
      control.change([change('log.level', 'debug')]),
    ]);
    const { config } = loadConfig({ env: {}, flags: {}, cwd: '/', text: read() });
    expect(config).toMatchObject({ mqtt: { queueLimitMessages: 5, maxTopicAlias: 6 }, log: { level: 'debug' } });
  });
});

describe('replaceFile', () => {
  it('puts a text that is valid in place of the file and applies nothing', async () => {
    const { control, happened, read } = openControl(TEXT);
    await control.replaceFile('log.level = debug');
    expect(read()).toBe('log.level = debug');
    expect(happened).toEqual([]);
    expect((await control.reload()).applied).toContain('log.level');
  });

  it.each([
    ['syntax', 'mqtt {', 'syntax'],
    ['a value', 'mqtt.max_mqueue_len = many', 'invalid'],
  ])('refuses an error of %s', async (_, text, kind) => {
    const { control, read } = openControl(TEXT);
    expect((await refusal(control.replaceFile(text))).kind).toBe(kind);
    expect(read()).toBe(TEXT);
  });

  it('is refused where there is no file', async () => {
    const { control } = openControl(null);
    expect((await refusal(control.replaceFile('log.level = debug'))).kind).toBe('file');
  });

  it('is refused where the file cannot be written', async () => {
    const { control, file } = openControl(TEXT);
    rmSync(dirname(file), { recursive: true });
    expect((await refusal(control.replaceFile('log.level = debug'))).kind).toBe('file');
  });
});

describe('reload', () => {
  it('applies what the file says now, and tells what waits as long as it waits', async () => {
    const { control, happened, write } = openControl(TEXT);
    write(`${TEXT}mqtt.max_topic_alias = 3\nlog.level = debug\n`);
    expect(await control.reload()).toEqual({
      applied: ['log.level'],
      needsRestart: ['mqtt.max_topic_alias'],
      unchanged: [],
    });
    expect(await control.reload()).toEqual({ applied: [], needsRestart: ['mqtt.max_topic_alias'], unchanged: [] });
    expect(happened).toHaveLength(2);
  });

  it('of a file with an error changes nothing', async () => {
    const { control, happened, write } = openControl(TEXT);
    write('log.level = debug\nmqtt.max_mqueue_len = many\n');
    const error = await refusal(control.reload());
    expect(error.problems).toEqual([
      { path: 'mqtt.max_mqueue_len', text: expect.stringMatching(/\(a\.conf:2:\d+\)$/) },
    ]);
    expect(control.settings()).toMatchObject({ log: { level: 'warn' }, mqtt: { max_mqueue_len: 100 } });
    expect(happened).toEqual([]);
  });

  it('of a file that is gone or unreadable changes nothing', async () => {
    const { control, happened, file } = openControl(TEXT);
    rmSync(file);
    expect((await refusal(control.reload())).kind).toBe('file');
    expect(happened).toEqual([]);
  });
});

it('a file of mode 0600 keeps its mode', async () => {
  const { control, file } = openControl(TEXT);
  chmodSync(file, 0o600);
  await control.change([change('mqtt.max_mqueue_len', 5)]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

it('stop and restart are handed on', () => {
  const { control, happened } = openControl(TEXT);
  control.stop();
  control.restart();
  expect(happened).toEqual(['stop', 'restart']);
});

it('an error nobody expected stays what it is', async () => {
  const { control, current } = openControl(TEXT);
  current.read = () => {
    throw new TypeError('odd');
  };
  await expect(control.reload()).rejects.toThrow(TypeError);
});
