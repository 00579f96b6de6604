import { describe, expect, it } from 'vitest';
import { isHeldSetting } from '../../src/configuration/held-settings.ts';

describe('a setting of a listener whose change waits', () => {
  const isHeld = isHeldSetting(['ws:default', 'ssl:inner', 'tcp:a.b']);

  it.each([
    ['listeners ws bind', true],
    ['listeners ws default bind', true],
    ['listeners ws inner bind', false],
    ['listeners tcp bind', false],
    ['listeners ssl inner handshake_timeout', true],
    ['listeners ssl inner certfile', false],
    ['listeners ssl handshake_timeout', false],
    ['listeners tcp a.b bind', true],
    ['mqtt max_packet_size', false],
  ])('%s: %s', (path, expected) => {
    expect(isHeld(path.split(' '))).toBe(expected);
  });
});
