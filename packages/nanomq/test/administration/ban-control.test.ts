import { type Ban, BanTable } from '@nanomq-ts/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { BanControl } from '../../src/administration/ban-control.ts';

/** Clients online: identifier, user name, address. */
const CLIENTS = [
  ['a', 'u', '10.0.0.1'],
  ['b', 'u', '10.0.0.2'],
  ['c', 'v', '2001:db8::1'],
  ['d', 'w', '2001:db8::ffff'],
  ['e', 'w', ''],
] as const;

const NOW = 1_700_000_000_000;

let table: BanTable;
let bans: Ban[];
let control: BanControl;
let isToldAtOnce: boolean;
let toBeTold: (() => void)[];
let room: Promise<void> | null;

/** What was answered to `control` by now. */
let answered: unknown[];

const settle = () => new Promise((done) => setImmediate(done));

/** Orders a ban without waiting for the answer, which goes to `answered`. */
function banUser(): Promise<unknown> {
  void control.add({ kind: 'username', value: 'u', reason: '', untilMs: null }).then((said) => answered.push(said));
  return settle();
}

beforeEach(() => {
  answered = [];
  table = new BanTable([], 3);
  bans = [];
  isToldAtOnce = true;
  toBeTold = [];
  room = null;
  control = new BanControl({
    bans: table,
    nowMs: () => NOW,
    turn: { after: (callback) => (isToldAtOnce ? callback() : void toBeTold.push(callback)) },
    peers: { whenRoom: () => room },
    admin: {
      async *clients({ clientId, username }) {
        const rows = CLIENTS.filter(([id, user]) => (clientId ?? id) === id && (username ?? user) === user);
        yield rows.map(([id, user, remoteAddress]) => ({ clientId: id, username: user, remoteAddress }) as never);
      },
    },
    guard: {
      ban: (ban) => {
        const hasRoom = table.add(ban, NOW);
        if (hasRoom) bans.push(ban);
        return hasRoom;
      },
      unban: (by, value) => table.remove(by, value),
    },
  });
});

describe('a ban', () => {
  it.each([
    ['clientid', 'a', 'client_id', 1],
    ['username', 'u', 'username', 2],
    ['username', 'nobody', 'username', 0],
    ['address', '10.0.0.2', 'address', 1],
    ['address', '2001:db8::5', 'address', 2],
  ] as const)('by %s %s goes to the guard, and tells how many it concerns', async (kind, value, by, disconnected) => {
    const outcome = await control.add({ kind, value, reason: 'noise', untilMs: NOW + 1 });
    expect(outcome).toEqual({ disconnected });
    expect(bans).toEqual([{ by, value, reason: 'noise', untilMs: NOW + 1 }]);
    expect(table.find(by, value, NOW)).toMatchObject({ reason: 'noise' });
    expect(await control.bans()).toEqual([{ kind, value, reason: 'noise', untilMs: NOW + 1 }]);
    expect(table.find(by, value, NOW + 1)).toBeNull();
  });

  it('for good is shown as null', async () => {
    await control.add({ kind: 'clientid', value: 'x', reason: '', untilMs: null });
    expect(await control.bans()).toEqual([{ kind: 'clientid', value: 'x', reason: '', untilMs: null }]);
  });

  it('is lifted once', async () => {
    await control.add({ kind: 'username', value: 'u', reason: '', untilMs: null });
    expect(await control.remove('clientid', 'u')).toBe('unknown');
    expect([await control.remove('username', 'u'), await control.remove('username', 'u')]).toEqual([
      'removed',
      'unknown',
    ]);
  });

  it('is set and lifted when the other shards have been told', async () => {
    isToldAtOnce = false;
    await banUser();
    expect([bans.length, answered]).toEqual([1, []]);
    for (const told of toBeTold.splice(0)) told();
    await settle();
    void control.remove('username', 'u').then((said) => answered.push(said));
    await settle();
    expect(answered).toEqual([{ disconnected: 2 }]);
    for (const told of toBeTold) told();
    await settle();
    expect(answered).toEqual([{ disconnected: 2 }, 'removed']);
  });

  it('is set when the ways to the other shards had room for it', async () => {
    let readOn = () => {};
    room = new Promise((resolve) => {
      readOn = resolve;
    });
    await banUser();
    expect([bans.length, answered]).toEqual([1, []]);
    readOn();
    await settle();
    expect(answered).toEqual([{ disconnected: 2 }]);
  });

  it('the broker made itself, for flapping, is shown and lifted too', async () => {
    table.add({ by: 'client_id', value: 'flapper', untilMs: NOW + 5, reason: 'flapping' }, NOW);
    expect(await control.bans()).toEqual([
      { kind: 'clientid', value: 'flapper', untilMs: NOW + 5, reason: 'flapping' },
    ]);
    expect(await control.remove('clientid', 'flapper')).toBe('removed');
  });

  it('that finds no room says so and holds nowhere', async () => {
    for (const value of ['x', 'y', 'z']) await control.add({ kind: 'clientid', value, reason: '', untilMs: null });
    expect(await control.add({ kind: 'clientid', value: 'a', reason: '', untilMs: null })).toBe('full');
    expect(bans.map(({ value }) => value)).toEqual(['x', 'y', 'z']);
  });
});
