import type { Clause } from './clause.ts';
import { mqtt311Connect } from './mqtt311-connect.ts';
import { mqtt311Operation } from './mqtt311-operation.ts';
import { mqtt311Packets } from './mqtt311-packets.ts';

/**
 * Every numbered normative statement of MQTT 3.1.1, in the order of the specification, meaning in our own words.
 * @see MQTT 3.1.1, Appendix B
 */
export const mqtt311: readonly Clause[] = [...mqtt311Connect, ...mqtt311Packets, ...mqtt311Operation];
