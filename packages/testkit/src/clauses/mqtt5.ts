import type { Clause } from './clause.ts';
import { mqtt5Connect } from './mqtt5-connect.ts';
import { mqtt5Format } from './mqtt5-format.ts';
import { mqtt5Operation } from './mqtt5-operation.ts';
import { mqtt5Publish } from './mqtt5-publish.ts';
import { mqtt5Subscribe } from './mqtt5-subscribe.ts';

/**
 * Every numbered normative statement of MQTT 5.0, in the order of the specification, meaning in our own words.
 * @see MQTT 5.0, Appendix B
 */
export const mqtt5: readonly Clause[] = [
  ...mqtt5Format,
  ...mqtt5Connect,
  ...mqtt5Publish,
  ...mqtt5Subscribe,
  ...mqtt5Operation,
];
