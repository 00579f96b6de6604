/** What a WebSocket listener is told. */
export interface WebSocketOptions {
  /** Where it is served; the query is ignored. Default `/mqtt`. */
  readonly path?: string;
  /**
   * Origins of the web pages that may connect, `https://app.example.com` for example. A client that states none is no
   * browser, and may connect. Default: every origin.
   */
  readonly origins?: readonly string[];
  /**
   * Payload bytes of one WebSocket message, which is held until it is whole: at least the largest MQTT packet that is
   * to pass. Asked for each connection where it may change. Default 16,777,216.
   */
  readonly maxPayloadBytes?: number | (() => number);
  /**
   * Bytes of a message that is not whole yet, while the broker has never answered: nobody has shown a password then.
   * Default 131,072.
   */
  readonly maxUnansweredBytes?: number;
}

/** Where MQTT over WebSocket is usually served. */
export const DEFAULT_PATH = '/mqtt';

/** Of a WebSocket message. */
export const DEFAULT_MAX_PAYLOAD_BYTES = 16_777_216;

/** Of a message that is not whole yet, from a client that never got an answer. */
export const DEFAULT_MAX_UNANSWERED_BYTES = 131_072;
