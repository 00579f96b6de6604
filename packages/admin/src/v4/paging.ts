import { z } from 'zod';

/** Rows on a page when only the page is asked for. */
const DEFAULT_LIMIT = 100;
/** Rows on a page at most: they are held in memory until the total is known. */
const MAX_LIMIT = 10_000;

/** The part of a list to show. */
export interface Paging {
  /** From 1. */
  readonly page: number;
  /** Rows on a page. */
  readonly limit: number;
}

/** Which part of a list stands in the reply. */
export interface PageMeta extends Paging {
  /** Rows of the whole list. */
  readonly count: number;
  readonly hasnext: boolean;
}

function wholeNumber(max: number, description: string) {
  return z
    .string()
    .regex(/^[1-9]\d{0,8}$/, 'a whole number from 1 is expected')
    .transform(Number)
    .refine((value) => value <= max, `at most ${max}`)
    .optional()
    .describe(description);
}

/** The parameters of a query that select a page; without them the whole list is sent. */
export const pagingFields = {
  page: wholeNumber(999_999_999, `page to show, from 1; with \`limit\` alone the first`),
  limit: wholeNumber(MAX_LIMIT, `rows on a page, at most ${MAX_LIMIT}; with \`page\` alone ${DEFAULT_LIMIT}`),
};

/** The form of `meta`. */
export const pageMetaSchema = z.strictObject({
  page: z.int().min(1),
  limit: z.int().min(1).max(MAX_LIMIT),
  count: z.int().min(0).describe('rows of the whole list'),
  hasnext: z.boolean(),
});

/** A query with nothing but the page. */
export const pagingQuery = z.strictObject(pagingFields);

/** The form of a reply that is a list. */
export function listReply<T extends z.ZodType>(row: T) {
  return z.strictObject({ code: z.literal(0), data: z.array(row), meta: pageMetaSchema.optional() });
}

/** What a query asks for; null = everything. */
export function pagingOf(query: {
  readonly page?: number | undefined;
  readonly limit?: number | undefined;
}): Paging | null {
  const { page, limit } = query;
  return page === undefined && limit === undefined ? null : { page: page ?? 1, limit: limit ?? DEFAULT_LIMIT };
}
