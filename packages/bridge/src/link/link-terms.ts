import type { ConnackPacket } from '@nanomq-ts/codec';
import type { ShardOptions } from '@nanomq-ts/core';
import type { BridgeOptions } from '../bridge-options.ts';
import type { InboundTerms } from './inbound-translator.ts';
import { ORIGIN_PROPERTY, originProperty } from './origin-trail.ts';
import type { OutboundTerms } from './outbound-translator.ts';

/** Receive maximum of a broker that states none. */
const DEFAULT_RECEIVE_MAXIMUM = 65_535;

/** What a CONNACK leaves of what we would send. A broker of ours names itself in it. */
export function outboundTerms(options: BridgeOptions, connack: ConnackPacket, brokerId: string): OutboundTerms {
  const { protocolVersion, maxHops } = options;
  const isVersion5 = protocolVersion === 5;
  const here = Buffer.from(brokerId);
  const there = connack.userProperties?.find(([name]) => name === ORIGIN_PROPERTY)?.[1];
  return {
    isVersion5,
    maxPacketBytes: connack.maximumPacketBytes ?? 0,
    maxQos: connack.maximumQos ?? 2,
    retainAvailable: connack.retainAvailable ?? true,
    origin: isVersion5 && maxHops > 0 ? originProperty(brokerId) : null,
    brokers: there === undefined ? [here] : [here, Buffer.from(there)],
    maxHops,
  };
}

/** What the remote broker was told it may send. */
export function inboundTerms(
  options: BridgeOptions,
  { receiveMaximum, maxUserProperties }: ShardOptions,
  brokerId: string,
): InboundTerms {
  return {
    isVersion5: options.protocolVersion === 5,
    receiveMaximum: Math.min(options.connect.receiveMaximum, receiveMaximum),
    brokers: options.maxHops > 0 ? [Buffer.from(brokerId)] : [],
    maxUserProperties,
  };
}

/**
 * How many local messages may be in flight, each as so many copies.
 * @throws Error when the remote broker does not even take all copies of one
 */
export function windowLimit(connacks: readonly ConnackPacket[], copies: number, most: number): number {
  const receiveMaximum = Math.min(...connacks.map((connack) => connack.receiveMaximum ?? DEFAULT_RECEIVE_MAXIMUM));
  const limit = Math.floor(Math.min(receiveMaximum, most) / copies);
  if (limit >= 1) return limit;
  throw new Error(`the remote broker takes ${receiveMaximum} messages at once, but ${copies} forwards match the same`);
}
