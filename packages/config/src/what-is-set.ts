type WhatIsSet<T> = {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
} & { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> };

/** A copy without the fields that are undefined. */
export function whatIsSet<T extends object>(values: T): WhatIsSet<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as WhatIsSet<T>;
}
