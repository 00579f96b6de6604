/**
 * A topic key is a topic name or filter as a string with one character per UTF-8 byte (latin1 view). The view is
 * one-to-one, so equal keys mean equal topics, and bytes from the wire become a key without decoding. Nothing is
 * normalised on the way. [MQTT-4.7.3-4]
 */
export type TopicKey = string;

// biome-ignore lint/suspicious/noControlCharactersInRegex: the class is exactly "all of ASCII"
const ASCII_ONLY = /^[\u0000-\u007f]*$/;

/** The key of a topic name or filter given as text. */
export function topicKeyOf(text: string): TopicKey {
  return ASCII_ONLY.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

/** The text of a key that came from well-formed UTF-8. */
export function textOfTopicKey(key: TopicKey): string {
  return ASCII_ONLY.test(key) ? key : Buffer.from(key, 'latin1').toString('utf8');
}
