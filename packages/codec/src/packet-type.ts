/** Control packet types, MQTT 5.0 table 2-1: the high half of the first byte. */
export const PacketType = {
  Connect: 1,
  Connack: 2,
  Publish: 3,
  Puback: 4,
  Pubrec: 5,
  Pubrel: 6,
  Pubcomp: 7,
  Subscribe: 8,
  Suback: 9,
  Unsubscribe: 10,
  Unsuback: 11,
  Pingreq: 12,
  Pingresp: 13,
  Disconnect: 14,
  Auth: 15,
} as const;

/** A control packet type of the table above. */
export type PacketType = (typeof PacketType)[keyof typeof PacketType];

/**
 * Bit of the first byte: the packet was sent before. Of PUBLISH; with MQTT 3.1 also of PUBREL, SUBSCRIBE and UNSUBSCRIBE.
 * @see MQTT 5.0, 3.3.1.1 DUP; MQTT 3.1, 2.1
 */
export const DUP_BIT = 0x08;
