import type { Clause } from './clause.ts';

/**
 * MQTT 3.1.1 chapters 4, 6 and 7: operational behaviour, WebSocket and conformance. Appendix B prints some of
 * these with a dot before the last number (4.3.2.1 for 4.3.2-1).
 * @see MQTT 3.1.1, Appendix B
 */
export const mqtt311Operation: readonly Clause[] = [
  ['4.1.0-1', 'both', 'Session state is kept for the whole session', { same: ['4.1.0-1'] }],
  ['4.1.0-2', 'both', 'A session lasts at least as long as its connection', { same: ['4.1.0-1'] }],
  ['4.3.1-1', 'both', 'QoS 0 sender: PUBLISH with QoS 0 and DUP 0', { same: ['4.3.1-1'] }],
  [
    '4.3.2-1',
    'both',
    'QoS 1 sender: unused identifier, first PUBLISH with DUP 0, unacknowledged until PUBACK',
    { same: ['4.3.2-1', '4.3.2-2', '4.3.2-3'] },
  ],
  ['4.3.2-2', 'both', 'QoS 1 receiver: PUBACK, then the identifier is free', { same: ['4.3.2-4', '4.3.2-5'] }],
  [
    '4.3.3-1',
    'both',
    'QoS 2 sender: PUBLISH until PUBREC, PUBREL until PUBCOMP, no PUBLISH after PUBREL',
    { same: ['4.3.3-1', '4.3.3-2', '4.3.3-3', '4.3.3-4', '4.3.3-5', '4.3.3-6'] },
  ],
  [
    '4.3.3-2',
    'both',
    'QoS 2 receiver: PUBREC, no second delivery until PUBREL, PUBCOMP, then the identifier is free',
    { same: ['4.3.3-8', '4.3.3-10', '4.3.3-11', '4.3.3-12'] },
  ],
  ['4.4.0-1', 'both', 'A resumed session resends unacknowledged PUBLISH and PUBREL, same ids', { same: ['4.4.0-1'] }],
  [
    '4.5.0-1',
    'server',
    'An accepted message is added to the state of every client with a match',
    { same: ['4.5.0-1'] },
  ],
  ['4.5.0-2', 'client', 'A client acknowledges by QoS whether or not it uses the message'],
  ['4.6.0-1', 'both', 'PUBLISH packets are resent in the order they were first sent', { same: ['4.6.0-1'] }],
  ['4.6.0-2', 'client', 'A client sends PUBACK in the order of the PUBLISH packets'],
  ['4.6.0-3', 'client', 'A client sends PUBREC in the order of the PUBLISH packets'],
  ['4.6.0-4', 'client', 'A client sends PUBREL in the order of the PUBREC packets'],
  ['4.6.0-5', 'server', 'Every topic is an ordered topic by default', { same: ['4.6.0-6'] }],
  ['4.6.0-6', 'server', 'Ordered topic: the server keeps 4.6.0-1 to -4 and the order received', { same: ['4.6.0-5'] }],
  ['4.7.1-1', 'both', 'Wildcards stand in topic filters only, never in a topic name', { same: ['4.7.0-1'] }],
  ['4.7.1-2', 'both', '# stands alone or after a separator and is the last character', { same: ['4.7.1-1'] }],
  ['4.7.1-3', 'both', '+ fills a whole level, at any level', { same: ['4.7.1-2'] }],
  [
    '4.7.2-1',
    'server',
    'A filter that begins with a wildcard never matches a topic name with $',
    { same: ['4.7.2-1'] },
  ],
  ['4.7.3-1', 'both', 'Topic names and topic filters have at least one character', { same: ['4.7.3-1'] }],
  ['4.7.3-2', 'both', 'Topic names and topic filters do not contain U+0000', { same: ['4.7.3-2'] }],
  ['4.7.3-3', 'both', 'Topic names and topic filters encode to 65,535 bytes at most', { same: ['4.7.3-3'] }],
  ['4.7.3-4', 'server', 'Matching neither normalises nor substitutes characters', { same: ['4.7.3-4'] }],
  ['4.8.0-1', 'both', 'A protocol violation closes the connection it came on'],
  ['4.8.0-2', 'both', 'A transient error while a packet is processed closes the connection it came on'],
  ['6.0.0-1', 'both', 'Packets travel in binary frames; others close', { same: ['6.0.0-1'], when: 'webSocket' }],
  ['6.0.0-2', 'both', 'Packets need not align with WebSocket frames', { same: ['6.0.0-2'], when: 'webSocket' }],
  ['6.0.0-3', 'client', 'A client offers the subprotocol mqtt', { when: 'webSocket' }],
  ['6.0.0-4', 'server', 'The subprotocol selected is mqtt', { same: ['6.0.0-4'], when: 'webSocket' }],
  ['7.0.0-1', 'server', 'A server that also connects to servers conforms as client too', { when: 'bridge' }],
  ['7.0.0-2', 'both', 'Nothing outside the specification is needed to work with other implementations'],
  ['7.1.1-1', 'server', 'At least one ordered, lossless, two-way transport is supported', { same: ['4.2.0-1'] }],
  ['7.1.2-1', 'client', 'A client supports at least one ordered, lossless, two-way transport'],
];
