import { describe, expect, it } from 'vitest';
import { PublishFrame } from '../src/publish-frame.ts';
import { PublishWriter } from '../src/publish-writer.ts';

/** QoS 1, topic `a/b`, packet identifier 7, message expiry 5 s, payload `hi`. */
const SOURCE = Buffer.from('321000 03612f62 0007 05 0200000005 6869'.replaceAll(' ', ''), 'hex');
SOURCE[1] = SOURCE.length - 2;

function rewritten(wishes: Partial<PublishWriter>, isVersion5 = true): { hex: string; expiryAt: number } {
  const frame = new PublishFrame();
  frame.parse(SOURCE, 0, 2, SOURCE.length, true);
  frame.messageExpiryAt = frame.propertiesStart + 1;
  const writer = new PublishWriter();
  writer.reset(0x30, isVersion5);
  Object.assign(writer, wishes);
  const out = Buffer.alloc(writer.measure(frame));
  expect(writer.write(frame, out, 0)).toBe(out.length);
  return { hex: out.toString('hex'), expiryAt: writer.messageExpiryAt };
}

describe('PublishWriter', () => {
  it.each([
    ['as it is, but QoS 0', {}, true, '300d0003612f6205020000000568 69'],
    ['for 3.1.1, which has no properties', {}, false, '30070003612f626869'],
    ['under another topic name', { topicName: Buffer.from('xyz/b') }, true, '300f000578797a2f620502000000056869'],
    ['without a topic name', { topicName: Buffer.from('x'), withTopicName: false }, true, '300a00000502000000056869'],
    ['with other properties', { properties: Buffer.from('0101', 'hex') }, true, '300a0003612f620201016869'],
    [
      'with properties before more properties',
      { properties: Buffer.from('0101', 'hex'), extraProperties: Buffer.from('0b07', 'hex') },
      true,
      '300c0003612f620401010b076869',
    ],
  ])('%s', (_name, wishes, isVersion5, hex) => {
    expect(rewritten(wishes, isVersion5).hex).toBe(hex.replace(' ', ''));
  });

  it('tells where the expiry lies, whatever the length of the topic name', () => {
    const { hex, expiryAt } = rewritten({ topicName: Buffer.from('longer/name') });
    expect(hex.slice(expiryAt * 2, expiryAt * 2 + 8)).toBe('00000005');
  });
});
