import { fileURLToPath } from 'node:url';

/** Absolute path of the repository with a slash at its end. It is the same seen from `src` and from `dist`. */
export const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));

/** Absolute path of `bench` with a slash at its end. */
export const BENCH = fileURLToPath(new URL('..', import.meta.url));
