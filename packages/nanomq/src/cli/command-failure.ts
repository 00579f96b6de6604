/** The command cannot do what it was asked to; the message is complete for an operator, in one line. */
export class CommandFailure extends Error {
  readonly code = 'COMMAND_FAILED';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CommandFailure';
  }
}
