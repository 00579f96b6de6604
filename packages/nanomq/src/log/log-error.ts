/** The log cannot be opened; the message names the file and the reason in one line. */
export class LogError extends Error {
  readonly code = 'LOG_FILE_UNUSABLE';

  constructor(path: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`the log file ${path} (log.dir, log.file) cannot be opened: ${reason}`, { cause });
    this.name = 'LogError';
  }
}
