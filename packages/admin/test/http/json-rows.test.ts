import { describe, expect, it } from 'vitest';
import { jsonRows, keptJsonRows } from '../../src/http/json-rows.ts';

interface Row {
  readonly name: string;
}

function named(...names: string[]): Row[] {
  return names.map((name) => ({ name }));
}

describe.each([
  ['jsonRows', jsonRows],
  ['keptJsonRows', keptJsonRows],
])('%s', (_, make) => {
  it('gives what is shown of rows, with commas between them', () => {
    const toJson = make(({ name }: Row) => ({ shown: name }));
    expect(toJson(named('a'))).toBe('{"shown":"a"}');
    expect(toJson(named('a', '",['))).toBe('{"shown":"a"},{"shown":"\\",["}');
  });
});

describe('keptJsonRows', () => {
  /** Notes the rows that were turned into text. */
  function counted(): [(rows: readonly Row[]) => string, string[]] {
    const turned: string[] = [];
    const toJson = keptJsonRows((row: Row) => {
      turned.push(row.name);
      return row;
    });
    return [toJson, turned];
  }

  it('turns a row into text once, in whatever batches it comes again', () => {
    const [toJson, turned] = counted();
    const [a, b, c] = named('a', 'b', 'c') as [Row, Row, Row];
    toJson([a, b, c]);
    expect(toJson([a, b, c])).toBe('{"name":"a"},{"name":"b"},{"name":"c"}');
    expect(toJson([a, b])).toBe('{"name":"a"},{"name":"b"}');
    expect(toJson([a, c])).toBe('{"name":"a"},{"name":"c"}');
    expect(toJson([b, c])).toBe('{"name":"b"},{"name":"c"}');
    expect(turned).toEqual(['a', 'b', 'c']);
  });

  it('shows the other object that has come in the place of a row', () => {
    const [toJson, turned] = counted();
    const [a, b, changed] = named('a', 'b', 'changed') as [Row, Row, Row];
    toJson([a, b]);
    expect(toJson([a, changed])).toBe('{"name":"a"},{"name":"changed"}');
    expect(toJson([changed, b])).toBe('{"name":"changed"},{"name":"b"}');
    expect(turned).toEqual(['a', 'b', 'changed']);
  });

  it('keeps the texts of two lists apart', () => {
    const rows = named('a', 'b');
    const [one, other] = [keptJsonRows(({ name }: Row) => ({ name })), keptJsonRows(({ name }: Row) => ({ id: name }))];
    one(rows);
    expect(other(rows)).toBe('{"id":"a"},{"id":"b"}');
    expect(one(rows)).toBe('{"name":"a"},{"name":"b"}');
  });

  it('asks no row of an array that is shown again', () => {
    const [toJson] = counted();
    const rows = named('a', 'b');
    const text = toJson(rows);
    // Nobody does so: it shows that the rows are not looked at.
    rows.pop();
    expect(toJson(rows)).toBe(text);
  });
});
