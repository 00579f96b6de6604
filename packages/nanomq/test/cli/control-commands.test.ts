import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runCommandLine } from '../../src/cli/command-line.ts';
import type { ControlCommand, ControlReply } from '../../src/control/control-message.ts';
import { ControlServer } from '../../src/control/control-server.ts';
import { type FakeSurroundings, fakeSurroundings } from './fake-surroundings.ts';

/** A broker that runs with `a.conf` in the working directory, or as `options` say. */
async function runningBroker(
  around: FakeSurroundings,
  obey: (command: ControlCommand) => Pick<ControlReply, 'ok' | 'text'>,
  file: string | null = 'a.conf',
): Promise<ControlServer> {
  const { cwd } = around;
  if (file !== null) writeFileSync(join(cwd, file), '');
  const directory = around.env.NANOMQ_RUN_DIR ?? '';
  const server = await ControlServer.open({
    directory,
    file: file ?? undefined,
    cwd,
    obey: async (command) => obey(command),
  });
  onTestFinished(() => server.close());
  return server;
}

describe.each(['reload', 'restart', 'status'] as const)('nanomq %s', (command) => {
  it('prints what the broker says and ends with 0', async () => {
    const around = fakeSurroundings();
    await runningBroker(around, (asked) => ({ ok: true, text: `${asked}\nsecond line` }));
    expect(await runCommandLine([command, '--conf', 'a.conf'], around)).toBe(0);
    expect(around.out()).toBe(`${command}\nsecond line\n`);
    expect(around.err()).toBe('');
  });

  it('prints on stderr why the broker refused and ends with 1', async () => {
    const around = fakeSurroundings();
    await runningBroker(around, () => ({
      ok: false,
      text: 'a.conf:1:2: wrong\u001b[31m [CODE]\na.conf:3:1: worse [CODE]',
    }));
    expect(await runCommandLine([command, '--conf', 'a.conf'], around)).toBe(1);
    expect(around.out()).toBe('');
    expect(around.err()).toBe('a.conf:1:2: wrong\\u001b[31m [CODE]\na.conf:3:1: worse [CODE]\n');
  });
});

describe('nanomq stop', () => {
  it('says that the broker has stopped once it has hung up', async () => {
    const around = fakeSurroundings();
    const server = await runningBroker(around, (asked) => {
      if (asked === 'stop') setImmediate(() => void server.close());
      return { ok: true, text: 'the broker stops' };
    });
    expect(await runCommandLine(['stop', '--conf', 'a.conf'], around)).toBe(0);
    expect(around.out()).toBe(`the broker (pid ${process.pid}) has stopped\n`);
  });
});

describe('which broker is meant', () => {
  const ok = () => ({ ok: true, text: 'ok' });

  it('the one with the file of --conf, links resolved', async () => {
    const around = fakeSurroundings();
    await runningBroker(around, ok);
    symlinkSync('a.conf', join(around.cwd, 'link.conf'));
    expect(await runCommandLine(['status', '--conf', 'link.conf'], around)).toBe(0);
  });

  it('else the one with the file of NANOMQ_CONF_PATH', async () => {
    const around = fakeSurroundings({}, { env: { NANOMQ_CONF_PATH: 'a.conf' } });
    await runningBroker(around, ok);
    expect(await runCommandLine(['status'], around)).toBe(0);
  });

  it('else the one without a file', async () => {
    const around = fakeSurroundings();
    await runningBroker(around, ok, null);
    expect(await runCommandLine(['status'], around)).toBe(0);
  });

  it('the one with the process of --pid, whatever its file', async () => {
    const around = fakeSurroundings();
    await runningBroker(around, ok);
    expect(await runCommandLine(['status', '--pid', String(process.pid)], around)).toBe(0);
  });

  it('none: says where it looked and what does run, and ends with 1', async () => {
    const around = fakeSurroundings();
    await runningBroker(around, ok);
    expect(await runCommandLine(['status', '--conf', 'b.conf'], around)).toBe(1);
    expect(around.err()).toBe(
      `nanomq: no broker runs with b.conf (looked in ${around.env.NANOMQ_RUN_DIR}); running: pid ${process.pid} with a.conf; --conf or --pid says which\n`,
    );
  });

  it('none at all', async () => {
    const around = fakeSurroundings();
    expect(await runCommandLine(['stop'], around)).toBe(1);
    expect(around.err()).toMatch(
      /^nanomq: no broker runs without a configuration file \(looked in .*\); that of another user .* NANOMQ_RUN_DIR\n$/,
    );
  });

  it.each(['x', '-1', '0', '1.5', '99999999999'])('--pid %s is refused', async (pid) => {
    const around = fakeSurroundings();
    expect(await runCommandLine(['status', '--pid', pid], around)).toBe(1);
    expect(around.err()).toContain('a process identifier is a number');
  });
});
