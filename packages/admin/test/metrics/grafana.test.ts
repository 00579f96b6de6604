import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AdminHarness } from '../support/admin-harness.ts';
import { bridgeStatus, listenerView } from '../support/fake-parts.ts';
import { brokerFigures } from '../support/fake-ports.ts';

function text(name: string): string {
  return readFileSync(new URL(`../../../../etc/grafana/${name}`, import.meta.url), 'utf8');
}

/** Names of metrics in text, and where labels are asked for, their names. */
function namesIn(source: string): string[] {
  return [...new Set(source.match(/\b(?:nanomq|process|nodejs)_[a-z_]+(?=[{[) ,]|$)/gm))].sort();
}

interface Board {
  readonly title: string;
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly targets: readonly { expr: string }[];
  }[];
}

async function metricNames(): Promise<Set<string>> {
  const harness = await AdminHarness.open();
  harness.parts.listeners.rows = [listenerView()];
  harness.parts.bridges.rows = [
    { name: 'b', settings: {}, status: bridgeStatus({ droppedOutByReason: { queue_full: 1 } }) },
  ];
  harness.admin.figureValues = brokerFigures({
    droppedByReason: { queue_full: 1 },
    deniedByReason: { banned: 1 },
    connectionsByProtocol: { '5': 1 },
    connectionsByListener: { 'tcp:default': 1 },
    connectionsByShard: { '0': 1 },
  });
  const { text: scrape } = await harness.call({ method: 'GET', path: '/metrics' });
  return new Set([...scrape.matchAll(/^([a-z_]+)(?:\{.*\})? \S+$/gm)].map(([, name = '']) => name));
}

const board: Board = JSON.parse(text('nanomq-board.json'));
const expressions = board.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)).join('\n');

describe('etc/grafana', () => {
  it.each([
    ['nanomq-board.json', expressions],
    [
      'nanomq-alerts.yml',
      text('nanomq-alerts.yml')
        .replace(/^\s*#.*$/gm, '')
        .replace(/summary: .*/g, ''),
    ],
  ])('%s asks for metrics that exist', async (_, source) => {
    const names = await metricNames();
    expect(namesIn(source).length).toBeGreaterThan(8);
    expect(namesIn(source).filter((name) => !names.has(name))).toEqual([]);
  });

  it('the board shows every metric of the broker', async () => {
    const shown = namesIn(expressions).map((name) => name.replace(/_bucket$/, ''));
    const names = [...(await metricNames())].filter((name) => !/_(?:bucket|sum|count)$/.test(name));
    expect(names.filter((name) => !shown.includes(name))).toEqual([]);
  });

  it('every panel has a place and a name of its own', () => {
    expect(new Set(board.panels.map(({ id }) => id)).size).toBe(board.panels.length);
    expect(new Set(board.panels.map(({ title }) => title)).size).toBe(board.panels.length);
  });

  it('the labels asked for are those the metrics have', () => {
    const labels = [...`${expressions}\n${text('nanomq-alerts.yml')}`.matchAll(/by \(([^)]*)\)/g)];
    const asked = new Set(labels.flatMap(([, names = '']) => names.split(', ')));
    const known = ['bridge', 'instance', 'le', 'listener', 'protocol', 'qos', 'reason', 'shard', 'version'];
    expect([...asked].filter((name) => !known.includes(name))).toEqual([]);
  });
});
