import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { brokerMark, socketName } from '../../src/control/broker-mark.ts';
import { ControlServer } from '../../src/control/control-server.ts';
import { findSockets, livingBrokers } from '../../src/control/find-brokers.ts';
import { temporaryFolder } from '../cli/fake-surroundings.ts';

/** Leaves a socket behind as a killed process does. */
function leaveSocket(path: string): void {
  const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', script]);
}

describe('the brokers in a run directory', () => {
  it('are those whose socket has the form of one, in the order of their processes', () => {
    const directory = temporaryFolder();
    const mark = brokerMark('a.conf', '/');
    for (const name of [socketName(mark, 30), socketName(mark, 4), 'nanomq.pid'])
      writeFileSync(join(directory, name), '');
    expect(findSockets(directory).map(({ pid }) => pid)).toEqual([4, 30]);
  });

  it('are none in a directory that is not there', () => {
    expect(findSockets(join(temporaryFolder(), 'none'))).toEqual([]);
  });

  it('live when they answer; what a killed one left is removed', async () => {
    const directory = temporaryFolder();
    const obey = async () => ({ ok: true, text: '' });
    const server = await ControlServer.open({ directory, file: '/a.conf', cwd: '/', obey });
    onTestFinished(() => server.close());
    leaveSocket(join(directory, socketName(brokerMark('b.conf', '/'), 1)));
    expect(findSockets(directory)).toHaveLength(2);
    const living = await livingBrokers(findSockets(directory));
    expect(living).toMatchObject([{ pid: process.pid, file: '/a.conf' }]);
    expect(readdirSync(directory)).toHaveLength(1);
  });
});
