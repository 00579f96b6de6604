import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textOfTopicKey, topicKeyOf } from '../../src/topics/topic-key.ts';

describe('topicKeyOf', () => {
  it.each<[behaviour: string, text: string, key: string]>([
    ['ASCII is its own key', 'sport/tennis', 'sport/tennis'],
    ['two bytes', 'é', '\xc3\xa9'],
    ['three bytes', '温/度', '\xe6\xb8\xa9/\xe5\xba\xa6'],
    ['four bytes', '🎾', '\xf0\x9f\x8e\xbe'],
    ['a character of latin1 is not its own key', 'ÿ', '\xc3\xbf'],
    ['U+007F is the last that is', '\u007f\u0080', '\u007f\xc2\x80'],
    ['U+FEFF is kept [MQTT-1.5.4-3]', '\ufeffa', '\xef\xbb\xbfa'],
    ['nothing is normalised: composed and decomposed letters differ [MQTT-4.7.3-4]', 'e\u0301', 'e\xcc\x81'],
  ])('%s', (_, text, key) => {
    expect(topicKeyOf(text)).toBe(key);
    expect(textOfTopicKey(key)).toBe(text);
  });

  it('is the latin1 view of the UTF-8 bytes, and comes back as the same text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const key = topicKeyOf(text);
        expect(key).toBe(Buffer.from(text, 'utf8').toString('latin1'));
        expect(textOfTopicKey(key)).toBe(text);
      }),
    );
  });

  it('gives different topics different keys', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (one, other) => {
        expect(topicKeyOf(one) === topicKeyOf(other)).toBe(one === other);
      }),
    );
  });
});
