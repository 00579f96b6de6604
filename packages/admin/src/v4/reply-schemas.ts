import { z } from 'zod';
import { ResultCode } from '../result-code.ts';

/** A number of things. */
export const count = z.int().min(0);

/** QoS 0, 1 or 2. */
export const qos = z.int().min(0).max(2);

/** A time as text, or null when there is none. */
export const time = z.string().nullable().describe('ISO 8601, UTC');

/** A success without anything to tell. */
export const successReply = z.strictObject({ code: z.literal(ResultCode.Success) });

/** Every reply of v4 that is not a success. */
export const failureReply = z.strictObject({
  code: z.int().min(ResultCode.RpcError).max(ResultCode.FileNotWritten).describe('result code'),
  msg: z.string().describe('names the field or the cause'),
});

/** The form of a success with `data`. */
export function dataReply<T extends z.ZodType>(data: T) {
  return z.strictObject({ code: z.literal(ResultCode.Success), data });
}

/** A point of time as ISO 8601; null for what is no time (never, unknown). */
export function isoTime(ms: number): string | null {
  const date = new Date(ms);
  return ms <= 0 || Number.isNaN(date.getTime()) ? null : date.toISOString();
}
