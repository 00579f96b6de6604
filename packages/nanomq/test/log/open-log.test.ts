import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogConfig, LogLevel } from '@nanomq-ts/config';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LogError } from '../../src/log/log-error.ts';
import { type BrokerLog, openLog } from '../../src/log/open-log.ts';

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'nanomq-log-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

interface Opened {
  readonly log: BrokerLog;
  readonly lines: string[];
  readonly trouble: string[];
}

function open(config: Partial<LogConfig> = {}, isTTY = false): Opened {
  const lines: string[] = [];
  const trouble: string[] = [];
  const log = openLog(
    {
      targets: ['console'],
      level: 'trace',
      dir: 'logs',
      file: 'nanomq.log',
      rotationBytes: 2048,
      rotationFiles: 3,
      ...config,
    },
    { cwd, console: { isTTY, write: (text) => lines.push(text) }, trouble: { write: (text) => trouble.push(text) } },
  );
  return { log, lines, trouble };
}

const logFile = () => readFileSync(join(cwd, 'logs/nanomq.log'), 'utf8');

describe('openLog', () => {
  it.each(LEVELS.map((level, index) => [level, LEVELS.slice(index)] as const))(
    'level %s writes %j',
    (level: LogLevel, expected) => {
      const { log, lines } = open({ level });
      for (const each of LEVELS) log[each]({}, 'text');
      expect(lines.map((line) => JSON.parse(line).level)).toEqual(expected);
    },
  );

  it('writes JSON with time, level, fields and text, and no more, where no person reads', () => {
    const { log, lines } = open();
    log.info({ clientId: 'c', port: 1 }, '100% of %s');
    const { time, ...rest } = JSON.parse(lines[0] ?? '');
    expect(new Date(time).toISOString()).toBe(time);
    expect(rest).toEqual({ level: 'info', clientId: 'c', port: 1, msg: '100% of %s' });
  });

  it('writes a line of text on a terminal', () => {
    const { log, lines } = open({}, true);
    log.warn({ clientId: 'c' }, 'keep alive ran out');
    expect(lines).toEqual([
      expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z WARN {2}keep alive ran out clientId=c\n$/),
    ]);
  });

  it.each([
    ['console only', ['console'], 1, false],
    ['file only', ['file'], 0, true],
    ['both', ['console', 'file'], 1, true],
  ] as const)('writes to %s', (_, targets, consoleLines, hasFile) => {
    const { log, lines } = open({ targets });
    log.info({}, 'text');
    log.close();
    expect(lines).toHaveLength(consoleLines);
    if (hasFile) expect(JSON.parse(logFile())).toMatchObject({ level: 'info', msg: 'text' });
    else expect(logFile).toThrow(/ENOENT/);
  });

  it('rotates the file and keeps the count', () => {
    const { log } = open({ targets: ['file'] });
    for (let n = 0; n < 200; n += 1) log.info({ n }, 'x'.repeat(100));
    log.close();
    const sizes = ['', '.1', '.2'].map((suffix) => readFileSync(join(cwd, `logs/nanomq.log${suffix}`)).length);
    for (const size of sizes) expect(size).toBeLessThanOrEqual(2048);
    expect(() => readFileSync(join(cwd, 'logs/nanomq.log.3'))).toThrow(/ENOENT/);
    expect(logFile()).toContain('"n":199');
  });

  it.each([
    ['terminal', true],
    ['JSON', false],
  ])('shows no secret and obeys no control, %s', (_, isTTY) => {
    const { log, lines } = open({ targets: ['console', 'file'], rotationBytes: 1_000_000 }, isTTY);
    const canary = 'canary-51c0';
    const forged = 'x\n{"level":"info"}\u001b[2J\u009b1m\u202e';
    for (const level of LEVELS) {
      log[level]({ username: 'joe', password: canary, packet: { password: Buffer.from(canary) } }, `login ${forged}`);
      log[level]({ err: new Error(`mqtt://joe:${canary}@h`), clientId: forged }, `to mqtt://joe:${canary}@h`);
    }
    log.close();
    for (const text of [lines.join(''), logFile()]) {
      expect(text).not.toContain(canary);
      expect(text.trimEnd().split('\n')).toHaveLength(12);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: no control but line feeds may be there
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e]/);
      expect(text).toContain('joe');
    }
  });

  it('does not touch the fields of a level that is off', () => {
    const { log, lines } = open({ level: 'info' });
    const fields = {
      get costly(): string {
        throw new Error('was read');
      },
    };
    log.debug(fields, 'text');
    expect(lines).toEqual([]);
  });

  it('drops what comes after close, which may be called twice', () => {
    const { log, lines, trouble } = open({ targets: ['console', 'file'] });
    log.close();
    log.close();
    log.fatal({}, 'late');
    expect([...lines, ...trouble, logFile()]).toEqual(['']);
  });

  it('names the file and the reason when it cannot be opened', () => {
    writeFileSync(join(cwd, 'logs'), 'a file where the directory should be');
    const attempt = () => open({ targets: ['file'] });
    expect(attempt).toThrow(LogError);
    expect(attempt).toThrow(/^the log file .*\/logs\/nanomq\.log \(log\.dir, log\.file\) cannot be opened: E[A-Z]+/);
  });
});
