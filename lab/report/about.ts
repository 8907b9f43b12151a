import type { Check } from './report.ts';

/** The variant and the site a check is about, and how times are told; none when it is about the whole run as it was. */
export const aboutOf = ({ variant, site, told }: Check): string[] =>
  [variant, site, told].filter((name): name is string => typeof name === 'string');
