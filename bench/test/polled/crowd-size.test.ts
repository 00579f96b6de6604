import { describe, expect, it } from 'vitest';
import { crowdSize, ownLimits } from '../../src/polled/crowd-size.ts';

const limits = (files: string): string =>
  `Limit                     Soft Limit           Hard Limit           Units
Max processes             95000                95000                processes
Max open files            ${files.padEnd(21)}20000                files
`;

describe('crowdSize', () => {
  it.each([
    ['room for all', '20000', 10_000],
    ['just enough', '10500', 10_000],
    ['too few files', '4096', 3596],
    ['next to none', '256', 1],
    ['no limit', 'unlimited', 10_000],
  ])('%s', (_, files, clients) => {
    expect(crowdSize(limits(files))).toBe(clients);
  });

  it('is all of them where nothing tells the limit', () => {
    expect(crowdSize(undefined)).toBe(10_000);
  });

  it.runIf(process.platform === 'linux')('reads what the kernel writes', () => {
    expect(ownLimits()).toMatch(/^Max open files\s+(\d+|unlimited) /m);
  });
});
