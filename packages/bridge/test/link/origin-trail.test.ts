import { PublishFrame } from '@nanomq-ts/codec';
import { describe, expect, it } from 'vitest';
import { OriginTrail, originProperty } from '../../src/link/origin-trail.ts';

function trailOf(...properties: readonly Buffer[]): OriginTrail {
  const bytes = Buffer.concat(properties);
  const frame = new PublishFrame();
  frame.buf = bytes;
  frame.propertiesStart = 0;
  frame.propertiesEnd = bytes.length;
  const trail = new OriginTrail();
  trail.read(frame, [Buffer.from('me')]);
  return trail;
}

const PAYLOAD_FORMAT = Buffer.from('0101', 'hex');
const EXPIRY = Buffer.from('0200000001', 'hex');
const CONTENT_TYPE = Buffer.from('03000174', 'hex');
const IDENTIFIER = Buffer.from('0b8001', 'hex');
const OTHER_PAIR = Buffer.from('260001610002' + '6d65', 'hex');

describe('OriginTrail', () => {
  it('counts the brokers among other properties', () => {
    const others = [PAYLOAD_FORMAT, EXPIRY, CONTENT_TYPE, IDENTIFIER, OTHER_PAIR];
    expect(trailOf(...others)).toMatchObject({ hops: 0, wasHere: false });
    expect(trailOf(...others, originProperty('a'), ...others, originProperty('b'))).toMatchObject({
      hops: 2,
      wasHere: false,
    });
  });

  it('finds its own broker, wherever it stands', () => {
    expect(trailOf(originProperty('me'), originProperty('a')).wasHere).toBe(true);
    expect(trailOf(originProperty('a'), originProperty('me')).wasHere).toBe(true);
    expect(trailOf(originProperty('mee')).wasHere).toBe(false);
  });

  it('ends at the end of bytes that are cut off', () => {
    const whole = Buffer.concat([OTHER_PAIR, originProperty('me'), CONTENT_TYPE]);
    for (let length = 0; length < whole.length; length++)
      expect(trailOf(whole.subarray(0, length)).hops).toBeLessThan(2);
  });
});
