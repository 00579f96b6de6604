import { AuthError } from '@nanomq-ts/auth';
import type { LogConfig, NanomqConfig } from '@nanomq-ts/config';
import { describe, expect, it } from 'vitest';
import { ListenError } from '../../src/listeners/listen-error.ts';
import { enabledListeners, type ListenerSpec } from '../../src/listeners/listener-spec.ts';
import { LogError } from '../../src/log/log-error.ts';
import { fakeChange } from '../cli/fake-surroundings.ts';
import { FakeLog, openProcess } from './opened-process.ts';

const listening = (port: number, rest = '') => `listeners.tcp.bind = "127.0.0.1:${port}"\n${rest}`;
const inUse = ({ listeners }: NanomqConfig) => {
  const [spec] = enabledListeners(listeners) as [ListenerSpec];
  return () => Promise.reject(new ListenError(spec, Object.assign(new Error('x'), { code: 'EADDRINUSE' })));
};

describe('start', () => {
  it('composes, listens, and says where', async () => {
    const { running, happened, logs } = openProcess(listening(1));
    await running.start();
    expect(happened).toEqual(['compose 1', 'listen 1']);
    expect(running.addresses).toEqual({
      listeners: [{ name: 'tcp:default', kind: 'tcp', host: '127.0.0.1', port: 1 }],
      http: null,
    });
    expect(logs[0]?.lines).toContain('info listener tcp:default accepts MQTT on 127.0.0.1:1');
  });

  it.each([
    [
      'a listener that cannot be opened',
      (config: NanomqConfig) => ({ listen: inUse(config) }),
      'listener tcp:default cannot listen on 127.0.0.1:1: the address is in use',
    ],
    ['no listener', () => ({ listen: async () => [] }), 'no listener is enabled'],
  ])('%s: rejects with the reason and closes what did open', async (_, composing, text) => {
    const { running, happened } = openProcess(listening(1), composing);
    await expect(running.start()).rejects.toThrow(text);
    expect(happened).toEqual(['compose 1', 'listen 1', 'close 1']);
    expect(running.addresses).toBeNull();
  });
});

it('start with users or rules that are not good: says which', async () => {
  const composing = () => {
    throw new AuthError('PASSWORD_ENTRY_INVALID', 'user "ann": the password is empty');
  };
  const { running } = openProcess(listening(1), composing);
  await expect(running.start()).rejects.toThrow(
    'section auth cannot be used: a user or password is not valid: user "ann": the password is empty',
  );
});

describe('reload', () => {
  it('applies what can be, the level of the log too, and reports', async () => {
    const { running, happened, logs, write } = openProcess(listening(1));
    await running.start();
    write(listening(2, 'log.level = debug\nmqtt.max_pakcet_size = 1\nmqtt.max_topic_alias = 3\n'));
    expect(await running.reload()).toEqual({
      applied: ['listeners.tcp.bind', 'log.level'],
      needsRestart: ['mqtt.max_topic_alias'],
      unchanged: [],
    });
    expect(happened.slice(2)).toEqual(['apply 1']);
    expect(logs).toMatchObject([{ level: 'debug', reopened: 1 }]);
    expect(logs[0]?.lines).toContainEqual(
      expect.stringMatching(/^warn a\.conf:3:\d+: unknown key mqtt\.max_pakcet_size/),
    );
  });

  it('of a file with errors says each in the log and changes nothing', async () => {
    const { running, happened, logs, write } = openProcess(listening(1));
    await running.start();
    write('log.level = loud\nmqtt.max_mqueue_len = many\n');
    await expect(running.reload()).rejects.toMatchObject({ name: 'ConfigError' });
    expect(happened).toHaveLength(2);
    expect(logs).toMatchObject([{ reopened: 1 }]);
    expect(logs[0]?.lines.slice(-3)).toEqual([
      expect.stringMatching(/^error a\.conf:2:\d+: mqtt\.max_mqueue_len/),
      expect.stringMatching(/^error a\.conf:1:\d+: log\.level/),
      'error reload refused, the configuration in use goes on',
    ]);
  });

  it('that the broker cannot take is refused as a whole, with the reason', async () => {
    const { running, configuration, happened, logs, write } = openProcess(listening(1), (config) => ({
      prepare: inUse(config),
    }));
    await running.start();
    write(listening(1, 'log.level = debug'));
    await expect(running.reload()).rejects.toThrow('listener tcp:default cannot listen on 127.0.0.1:1');
    expect(happened).toHaveLength(2);
    expect(logs).toMatchObject([{ level: 'warn' }]);
    expect(logs[0]?.lines).toContain('error reload refused, the configuration in use goes on');
    expect(configuration.accepted).toBe(configuration.composed);
  });

  it('that lets strangers in says so, once', async () => {
    const { running, logs, write } = openProcess(listening(1, 'auth.allow_anonymous = false'));
    await running.start();
    write(listening(1, 'auth.allow_anonymous = true'));
    await running.reload();
    write(listening(1, 'auth.allow_anonymous = true\nlog.level = debug'));
    await running.reload();
    const notices = logs[0]?.lines.filter((line) => line.includes('without a password'));
    expect(notices).toEqual([expect.stringMatching(/^warn anyone who reaches 127\.0\.0\.1:1 may connect/)]);
  });

  it('says of which listener the change waits, as long as it waits', async () => {
    const held = () => fakeChange(() => {}, ['tcp:default']);
    const { running, configuration, logs, write } = openProcess(listening(1), () => ({ prepare: async () => held() }));
    await running.start();
    write(listening(2));
    const waits = { applied: [], needsRestart: ['listeners.tcp.bind'], unchanged: [] };
    expect(await running.reload()).toEqual(waits);
    expect(await running.reload()).toEqual(waits);
    expect(configuration.waiting).toEqual(['listeners.tcp.bind']);
    expect(logs[0]?.lines).toContain('warn listener tcp:default stays as it is until a restart');
    await running.restart();
    expect(configuration.waiting).toEqual([]);
  });
});

describe('restart', () => {
  it('closes the broker, then composes another from the file as it is now', async () => {
    const { running, configuration, happened, write } = openProcess(listening(1));
    await running.start();
    write(listening(2, 'mqtt.max_topic_alias = 3'));
    await running.reload();
    expect(configuration.waiting).toEqual(['mqtt.max_topic_alias']);
    await running.restart();
    expect(happened.slice(3)).toEqual(['close 1', 'compose 2', 'listen 2']);
    expect(running.addresses).toMatchObject({ listeners: [{ port: 2 }] });
    expect(configuration.waiting).toEqual([]);
  });

  it('of a file with errors touches nothing: clients stay', async () => {
    const { running, happened, logs, write } = openProcess(listening(1));
    await running.start();
    write('mqtt {');
    await expect(running.restart()).rejects.toMatchObject({ name: 'ConfigError' });
    expect(happened).toEqual(['compose 1', 'listen 1']);
    expect(logs[0]?.lines.at(-1)).toBe('error restart refused, the broker goes on as it is');
  });

  it('of a configuration that the broker could not take touches nothing', async () => {
    const prepare = () => Promise.reject(new AuthError('KEY_INVALID', 'a.pem is not for ES256'));
    const { running, happened, logs, write } = openProcess(listening(1), () => ({ prepare }));
    await running.start();
    write(listening(2));
    await expect(running.restart()).rejects.toThrow('section auth cannot be used');
    expect(happened).toEqual(['compose 1', 'listen 1']);
    expect(logs[0]?.lines.at(-1)).toBe('error restart refused, the broker goes on as it is');
  });

  it('does not take an address in use for an obstacle: the broker may have it itself', async () => {
    const { running, happened, write } = openProcess(listening(1), (config) => ({ prepare: inUse(config) }));
    await running.start();
    write(listening(2));
    await running.restart();
    expect(happened.slice(2)).toEqual(['close 1', 'compose 2', 'listen 2']);
  });

  it('leaves nothing behind of trying the configuration out', async () => {
    const steps: string[] = [];
    const { running } = openProcess(listening(1), () => ({
      prepare: async () =>
        fakeChange(
          () => steps.push('commit'),
          [],
          () => steps.push('discard'),
        ),
    }));
    await running.start();
    await running.restart();
    expect(steps).toEqual(['discard']);
  });

  it('falls back to the configuration before when a listener cannot be opened, and says why', async () => {
    const composing = (config: NanomqConfig) => (config.listeners.tcp[0]?.port === 2 ? { listen: inUse(config) } : {});
    const { running, configuration, happened, logs, lost, write } = openProcess(listening(1), composing);
    await running.start();
    write(listening(2));
    await expect(running.restart()).rejects.toThrow('cannot listen on 127.0.0.1:2');
    expect(happened.slice(2)).toEqual(['close 1', 'compose 2', 'listen 2', 'close 2', 'compose 1', 'listen 1']);
    expect(running.addresses).toMatchObject({ listeners: [{ port: 1 }] });
    expect(configuration.composed.config.listeners.tcp).toMatchObject([{ port: 1 }]);
    expect(logs[0]?.lines).toContainEqual(
      expect.stringMatching(
        /^error listener tcp:default cannot listen on 127.0.0.1:2: .*; the configuration before it is used again$/,
      ),
    );
    expect(lost).toEqual([]);
  });

  it('is the end when the configuration before cannot be opened either', async () => {
    let isFirst = true;
    const composing = (config: NanomqConfig) => {
      const part = isFirst ? {} : { listen: inUse(config) };
      isFirst = false;
      return part;
    };
    const { running, lost, write } = openProcess(listening(1), composing);
    await running.start();
    write(listening(2));
    await expect(running.restart()).rejects.toThrow('127.0.0.1:2');
    expect(lost).toEqual([expect.objectContaining({ message: expect.stringContaining('127.0.0.1:1') })]);
  });

  it('keeps the log when nothing but its level changes', async () => {
    const { running, logs, write } = openProcess(listening(1, 'log.level = info'));
    await running.start();
    write(listening(1, 'log.level = error'));
    await running.restart();
    expect(logs).toMatchObject([{ isOpen: true, level: 'error' }]);
  });

  it('opens another log when its place changes, and closes the one before', async () => {
    const { running, logs, write } = openProcess(listening(1));
    await running.start();
    write(listening(1, 'log.dir = "/elsewhere"'));
    await running.restart();
    expect(logs).toMatchObject([{ isOpen: false }, { isOpen: true, config: { dir: '/elsewhere' } }]);
    expect(running.log).toBe(logs[1]);
  });

  it('goes on as it is when that log cannot be opened', async () => {
    const openLog = (config: LogConfig) => {
      if (config.dir === '/bad') throw new LogError('/bad', new Error('no'));
      return new FakeLog(config);
    };
    const { running, happened, logs, write } = openProcess(listening(1), undefined, openLog);
    await running.start();
    write(listening(1, 'log.dir = "/bad"'));
    await expect(running.restart()).rejects.toBeInstanceOf(LogError);
    expect(happened).toEqual(['compose 1', 'listen 1']);
    expect(logs).toMatchObject([{ isOpen: true }]);
  });

  it('returns to the log before when it falls back', async () => {
    const composing = (config: NanomqConfig) => (config.log.dir === '/other' ? { listen: inUse(config) } : {});
    const { running, logs, write } = openProcess(listening(1, 'log.level = info'), composing);
    await running.start();
    write(listening(1, 'log { dir = "/other", level = fatal }'));
    await expect(running.restart()).rejects.toThrow('cannot listen');
    expect(logs).toMatchObject([{ isOpen: true, level: 'info' }, { isOpen: false }]);
    expect(running.log).toBe(logs[0]);
  });
});

describe('the end', () => {
  it('closes the broker', async () => {
    const { running, happened } = openProcess(listening(1));
    await running.start();
    await running.close();
    expect(happened.slice(2)).toEqual(['close 1']);
    expect(running.addresses).toBeNull();
  });

  it('that comes during a restart is the last thing: nothing is composed any more', async () => {
    let release = () => {};
    const close = () =>
      new Promise<void>((resolve) => {
        release = resolve;
      });
    const { running, happened } = openProcess(listening(1), () => ({ close }));
    await running.start();
    const restarted = running.restart();
    await new Promise(setImmediate);
    const closed = running.close();
    release();
    await Promise.all([restarted, closed]);
    expect(happened.slice(2)).toEqual(['close 1']);
  });

  it('leaves a restart that comes after it without effect', async () => {
    const { running, happened } = openProcess(listening(1));
    await running.start();
    await Promise.all([running.close(), running.restart()]);
    expect(happened.slice(2)).toEqual(['close 1']);
  });
});

describe('what the HTTP API asks for', () => {
  it('a stop goes to the process, a restart is carried out', async () => {
    const { running, happened, control, write } = openProcess(listening(1));
    await running.start();
    control().stop();
    write(listening(2));
    control().restart();
    // Behind the restart in the queue.
    await running.reload();
    expect(happened.slice(2)).toEqual(['stop asked for', 'close 1', 'compose 2', 'listen 2', 'apply 2']);
  });

  it('a change of the level reaches the log', async () => {
    const { running, control, logs } = openProcess(listening(1));
    await running.start();
    const report = await control().change([{ path: ['log', 'level'], value: 'debug' }]);
    expect(report.applied).toEqual(['log.level']);
    expect(logs[0]?.level).toBe('debug');
  });
});
