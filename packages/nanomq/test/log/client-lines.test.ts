import { type LoggedLine, ONE_SHARD, ShardHarness } from '@nanomq-ts/testkit';
import { expect, it } from 'vitest';
import { ClientLines } from '../../src/log/client-lines.ts';

/** A broker whose clients' comings and goings are logged, and what was logged of them. */
function logging() {
  const harness = new ShardHarness({}, ONE_SHARD);
  const lines: LoggedLine[] = [];
  const log = (level: string) => (fields: LoggedLine['fields'], text: string) =>
    void lines.push({ level, fields, text });
  const logger = {
    trace: log('trace'),
    debug: log('debug'),
    info: log('info'),
    warn: log('warn'),
    error: log('error'),
  };
  for (const shard of harness.shards) shard.events.add(new ClientLines(logger));
  return { harness, lines };
}

it('says who comes, goes, subscribes and unsubscribes, at debug and with who it was', async () => {
  const { harness, lines } = logging();
  const client = await harness.client(5, { clientId: 'c', username: 'ann', password: 'secret' });
  await client.subscribe('a/#', 1);
  await client.unsubscribe('a/#');
  client.send({ cmd: 'disconnect' });
  await client.expectClosed();
  const who = { clientId: 'c', username: 'ann', remoteAddress: expect.any(String) };
  expect(lines).toEqual([
    {
      level: 'debug',
      fields: { ...who, listener: expect.any(String), protocolVersion: 5, cleanStart: true, keepAliveSeconds: 0 },
      text: 'client connected',
    },
    { level: 'debug', fields: { ...who, topicFilter: 'a/#', qos: 1 }, text: 'client subscribed' },
    { level: 'debug', fields: { ...who, topicFilter: 'a/#' }, text: 'client unsubscribed' },
    { level: 'debug', fields: { ...who, reasonCode: '0x0' }, text: 'client disconnected' },
  ]);
  expect(JSON.stringify(lines)).not.toContain('secret');
});
