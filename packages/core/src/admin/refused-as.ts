import { MqttError } from '@nanomq-ts/codec';
import { AdminError, type AdminErrorCode } from './admin-error.ts';

/**
 * Runs a check made for clients or programs, whose faults are the caller's here.
 * @throws AdminError with `code` and the text of the MqttError or RangeError
 */
export function refusedAs<T>(code: AdminErrorCode, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof MqttError || error instanceof RangeError) throw new AdminError(code, error.message);
    throw error;
  }
}
