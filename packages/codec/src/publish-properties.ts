import { MqttError } from './mqtt-error.ts';
import {
  afterBinary,
  afterBytes,
  afterString,
  afterVarint,
  checkResponseTopic,
  duplicate,
  misplaced,
} from './properties.ts';

/**
 * What the broker must know of the properties of one PUBLISH, found without allocating. One instance is reused for
 * every packet; `scan` overwrites all fields. Offsets are into the scanned buffer and live as long as its bytes do;
 * `...At` is -1 when the property is absent, `...Length` is in bytes.
 */
export class PublishProperties {
  /** 0 = none. */
  topicAlias = 0;
  /** Offset of the identifier byte; the property is 3 bytes long. */
  topicAliasAt = -1;
  /** -1 = none. */
  messageExpirySeconds = -1;
  /** Offset of the 4-byte value. */
  messageExpiryAt = -1;
  /** 1 = the payload is declared to be UTF-8. */
  payloadFormat: 0 | 1 = 0;
  /** Offset of the 1-byte value. */
  payloadFormatAt = -1;
  /** Offset of the first byte of the topic name, after its length. */
  responseTopicAt = -1;
  responseTopicLength = 0;
  correlationDataAt = -1;
  correlationDataLength = 0;
  contentTypeAt = -1;
  contentTypeLength = 0;
  userPropertyCount = 0;
  subscriptionIdentifierCount = 0;
  /** Offset of the identifier byte of the first one. */
  subscriptionIdentifierAt = -1;

  /**
   * Reads and checks the property bytes `buf[start, end)`, given without the length in front of them.
   * @param fromClient         refuse what only a server may send
   * @param userPropertyLimit  most user properties in the packet (`mqtt.property_size`)
   * @throws MqttError MALFORMED_PROPERTIES (0x81): truncated, ill-formed UTF-8, unknown or not for PUBLISH;
   *   DUPLICATE_PROPERTY (0x82); FORBIDDEN_PROPERTY (0x82): payload format, response topic or subscription identifier;
   *   TOPIC_ALIAS_INVALID (0x94): topic alias 0; TOO_MANY_USER_PROPERTIES (0x97)
   * @see MQTT 5.0, 3.3.2.3
   */
  scan(buf: Buffer, start: number, end: number, fromClient: boolean, userPropertyLimit: number): void {
    this.#reset();
    let at = start;
    while (at < end) {
      const id = buf[at]!;
      const valueAt = at + 1;
      switch (id) {
        case 0x26:
          at = afterString(buf, afterString(buf, valueAt, end), end);
          if (++this.userPropertyCount > userPropertyLimit) throw new MqttError('TOO_MANY_USER_PROPERTIES');
          break;
        case 0x23:
          at = this.#topicAlias(buf, valueAt, end);
          break;
        case 0x02:
          if (this.messageExpiryAt !== -1) throw duplicate('messageExpiryInterval');
          at = afterBytes(valueAt, end, 4);
          this.messageExpiryAt = valueAt;
          this.messageExpirySeconds = buf.readUInt32BE(valueAt);
          break;
        case 0x01:
          at = this.#payloadFormat(buf, valueAt, end);
          break;
        case 0x03:
          if (this.contentTypeAt !== -1) throw duplicate('contentType');
          at = afterString(buf, valueAt, end); // [MQTT-3.3.2-19]
          this.contentTypeAt = valueAt + 2;
          this.contentTypeLength = at - this.contentTypeAt;
          break;
        case 0x08:
          at = this.#responseTopic(buf, valueAt, end);
          break;
        case 0x09:
          if (this.correlationDataAt !== -1) throw duplicate('correlationData');
          at = afterBinary(buf, valueAt, end);
          this.correlationDataAt = valueAt + 2;
          this.correlationDataLength = at - this.correlationDataAt;
          break;
        case 0x0b:
          at = this.#subscriptionIdentifier(buf, valueAt, end, fromClient);
          break;
        default:
          throw misplaced(id);
      }
    }
  }

  #reset(): void {
    this.topicAlias = 0;
    this.topicAliasAt = -1;
    this.messageExpirySeconds = -1;
    this.messageExpiryAt = -1;
    this.payloadFormat = 0;
    this.payloadFormatAt = -1;
    this.responseTopicAt = -1;
    this.responseTopicLength = 0;
    this.correlationDataAt = -1;
    this.correlationDataLength = 0;
    this.contentTypeAt = -1;
    this.contentTypeLength = 0;
    this.userPropertyCount = 0;
    this.subscriptionIdentifierCount = 0;
    this.subscriptionIdentifierAt = -1;
  }

  #topicAlias(buf: Buffer, at: number, end: number): number {
    if (this.topicAliasAt !== -1) throw duplicate('topicAlias');
    const next = afterBytes(at, end, 2);
    this.topicAliasAt = at - 1;
    this.topicAlias = buf.readUInt16BE(at);
    if (this.topicAlias === 0) throw new MqttError('TOPIC_ALIAS_INVALID', { detail: 'is 0' }); // [MQTT-3.3.2-8]
    return next;
  }

  #payloadFormat(buf: Buffer, at: number, end: number): number {
    if (this.payloadFormatAt !== -1) throw duplicate('payloadFormatIndicator');
    const next = afterBytes(at, end, 1);
    const value = buf[at]!;
    if (value > 1) throw new MqttError('FORBIDDEN_PROPERTY', { detail: 'payloadFormatIndicator is neither 0 nor 1' });
    this.payloadFormatAt = at;
    this.payloadFormat = value as 0 | 1;
    return next;
  }

  #responseTopic(buf: Buffer, at: number, end: number): number {
    if (this.responseTopicAt !== -1) throw duplicate('responseTopic');
    const next = afterString(buf, at, end); // [MQTT-3.3.2-13]
    checkResponseTopic(buf, at + 2, next);
    this.responseTopicAt = at + 2;
    this.responseTopicLength = next - this.responseTopicAt;
    return next;
  }

  #subscriptionIdentifier(buf: Buffer, at: number, end: number, fromClient: boolean): number {
    const next = afterVarint(buf, at, end);
    if (fromClient) {
      throw new MqttError('FORBIDDEN_PROPERTY', { detail: 'subscriptionIdentifier from a client' }); // [MQTT-3.3.4-6]
    }
    if (buf[at] === 0) throw new MqttError('FORBIDDEN_PROPERTY', { detail: 'subscriptionIdentifier is 0' }); // 3.3.2.3.8
    if (this.subscriptionIdentifierCount++ === 0) this.subscriptionIdentifierAt = at - 1;
    return next;
  }
}
