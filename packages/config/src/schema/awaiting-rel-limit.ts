import { parseDuration } from './duration.ts';
import type { ValueKind } from './setting.ts';
import { number, readWith } from './value-kinds.ts';

const COUNT = number({ min: 1, max: 65_535 });

/**
 * `mqtt.max_awaiting_rel` is a count, as its name says. NanoMQ's own files give a duration (`10s`) and nothing
 * uses it, so a duration is taken to mean `fallback` in place of refusing every such file.
 */
export function awaitingRelLimit(fallback: number): ValueKind<number> {
  return readWith(COUNT.type, (found) => {
    if (found === 0 || (typeof found === 'string' && parseDuration(found) !== undefined)) return { value: fallback };
    const result = COUNT.schema.safeParse(found);
    if (result.success) return { value: result.data };
    const [issue] = result.error.issues;
    const code = issue?.code === 'custom' ? issue.params?.code : undefined;
    const allowed = issue?.message ?? '';
    return { code: code === 'VALUE_OUT_OF_RANGE' ? 'VALUE_OUT_OF_RANGE' : 'VALUE_INVALID', allowed };
  });
}
