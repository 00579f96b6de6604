import { describe, expect, it } from 'vitest';
import { CONTROL_COMMANDS, formatRequest, parseReply, parseRequest } from '../../src/control/control-message.ts';

describe('a request', () => {
  it.each(CONTROL_COMMANDS)('%s survives the way', (command) => {
    expect(parseRequest(formatRequest(command))).toBe(command);
  });

  it.each([
    '',
    '{',
    'null',
    '[]',
    '"stop"',
    '{"command":"fly"}',
    '{"command":["stop"]}',
    '{"__proto__":{"command":"stop"}}',
  ])('%s is none', (line) => {
    expect(parseRequest(line)).toBeUndefined();
  });
});

describe('a reply', () => {
  it.each(['/a.conf', null])('with the file %j survives the way', (file) => {
    const reply = { ok: true, pid: 7, file, text: 'a\nb' };
    expect(parseReply(`${JSON.stringify(reply)}\n`)).toEqual(reply);
  });

  it.each(['', 'null', '{"ok":1,"pid":1,"file":null,"text":""}', '{"ok":true,"pid":1,"text":""}'])(
    '%j is none',
    (line) => {
      expect(parseReply(line)).toBeUndefined();
    },
  );
});
