import type { Check } from './report.ts';

/** The variant and the site a check is about; neither when it is about the whole run. */
export const aboutOf = ({ variant, site }: Check): string[] =>
  [variant, site].filter((name): name is string => typeof name === 'string');
