import type { Ban, BanTarget } from '@nanomq-ts/core';
import type { FieldReader } from './field-reader.ts';
import type { FieldWriter } from './field-writer.ts';

export function writeBan(to: FieldWriter, { by, value, reason, untilMs }: Ban): void {
  to.text(by).text(value).text(reason).number(untilMs);
}

export function readBan(from: FieldReader): Ban {
  return { by: readBanTarget(from), value: from.text(), reason: from.text(), untilMs: from.number() };
}

export function readBanTarget(from: FieldReader): BanTarget {
  return from.text() as BanTarget;
}
