import type { Clause } from './clause.ts';

/**
 * MQTT 5.0 chapters 1 and 2: data representation and control packet format.
 * @see MQTT 5.0, Appendix B
 */
export const mqtt5Format: readonly Clause[] = [
  ['1.5.4-1', 'both', 'Strings are well-formed UTF-8 and encode no surrogate code point'],
  ['1.5.4-2', 'both', 'Strings never contain U+0000'],
  ['1.5.4-3', 'both', 'The bytes EF BB BF are U+FEFF wherever they stand and are kept by a receiver'],
  ['1.5.5-1', 'both', 'A variable byte integer takes no more bytes than its value needs'],
  ['1.5.7-1', 'both', 'Name and value of a string pair both follow the string rules'],
  ['2.1.3-1', 'both', 'Reserved fixed-header flags carry the value listed for the packet type'],
  ['2.2.1-2', 'both', 'A QoS 0 PUBLISH has no packet identifier'],
  ['2.2.1-3', 'both', 'A client numbers SUBSCRIBE, UNSUBSCRIBE, PUBLISH QoS > 0 with an unused id, never 0'],
  ['2.2.1-4', 'server', 'A new outbound PUBLISH QoS > 0 gets a non-zero packet identifier not in use'],
  ['2.2.1-5', 'both', 'PUBACK, PUBREC, PUBREL and PUBCOMP repeat the packet identifier of their PUBLISH'],
  ['2.2.1-6', 'server', 'SUBACK and UNSUBACK repeat the packet identifier of their request'],
  ['2.2.2-1', 'both', 'A packet without properties still writes a property length of zero'],
];
