import type { Access, Principal } from '../ports/access.ts';
import type { Logger } from '../ports/logger.ts';
import type { Session } from '../session/session.ts';
import { type TopicKey, textOfTopicKey } from '../topics/topic-key.ts';

/**
 * The right to receive. Asked when routes are compiled and when stored messages are about to go out, never for a
 * message on its way along a route; whoever changes what it says outdates the routes.
 */
export class ReceiveCheck {
  readonly #access: Access;
  readonly #logger: Logger;

  constructor(access: Access, logger: Logger) {
    this.#access = access;
    this.#logger = logger;
  }

  /** Whether anybody is kept from anything. */
  get isOn(): boolean {
    return this.#access.checksReceive === true;
  }

  /** Whether retained messages are held back when their publisher lost its right. */
  get checksPublisher(): boolean {
    return this.#access.checksRetainedPublisher === true;
  }

  /** Whether the session may get messages of this topic. An Access that fails keeps it from them. */
  admits(session: Session, topicKey: TopicKey): boolean {
    if (!this.isOn || session.isOwn) return true;
    return this.#ask(session, topicKey, (name) => this.#access.receive?.(session, name) === true);
  }

  /** Whether the publisher of a retained message could still publish it; null = the broker. */
  admitsPublisher(publisher: Principal | null, topicKey: TopicKey): boolean {
    if (publisher === null || !this.checksPublisher) return true;
    return this.#ask(publisher, topicKey, (name) => this.#access.mayStillPublish?.(publisher, name) === true);
  }

  #ask({ clientId }: Principal, topicKey: TopicKey, ask: (topicName: string) => boolean): boolean {
    try {
      return ask(textOfTopicKey(topicKey));
    } catch (err) {
      this.#logger.error({ clientId, err }, 'the right to a message could not be checked; it is not sent');
      return false;
    }
  }
}
