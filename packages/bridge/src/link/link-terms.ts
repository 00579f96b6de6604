import type { ConnackPacket } from '@nanomq-ts/codec';
import type { ShardOptions } from '@nanomq-ts/core';
import type { BridgeOptions } from '../bridge-options.ts';
import type { InboundTerms } from './inbound-translator.ts';
import { ORIGIN_PROPERTY, originProperty } from './origin-trail.ts';
import type { OutboundTerms } from './outbound-translator.ts';

/** Receive maximum of a broker that states none. */
const DEFAULT_RECEIVE_MAXIMUM = 65_535;

/** What the remote broker takes and may send. A broker of ours names itself in CONNACK, as a bridge does in CONNECT. */
export function linkTerms(
  options: BridgeOptions,
  connack: ConnackPacket,
  brokerId: string,
  local: ShardOptions,
): { readonly outbound: OutboundTerms; readonly inbound: InboundTerms } {
  const { maxHops, connect } = options;
  const isVersion5 = options.protocolVersion === 5;
  const here = Buffer.from(brokerId);
  const remoteId = connack.userProperties?.find(([name]) => name === ORIGIN_PROPERTY)?.[1];
  const isTracked = isVersion5 && maxHops > 0;
  const outbound = {
    isVersion5,
    maxPacketBytes: connack.maximumPacketBytes ?? 0,
    maxQos: connack.maximumQos ?? 2,
    retainAvailable: connack.retainAvailable ?? true,
    origin: isTracked ? originProperty(brokerId) : null,
    brokers: remoteId === undefined ? [here] : [here, Buffer.from(remoteId)],
    maxHops,
  };
  const inbound = {
    isVersion5,
    receiveMaximum: Math.min(connect.receiveMaximum, local.receiveMaximum),
    brokers: maxHops > 0 ? [here] : [],
    maxUserProperties: local.maxUserProperties,
    maxTopicLevels: local.maxTopicLevels,
    origin: isTracked && remoteId !== undefined ? originProperty(remoteId) : null,
  };
  return { outbound, inbound };
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
