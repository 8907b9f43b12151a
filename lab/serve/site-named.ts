import { QueryMistake } from '../../collector/api/query-request.ts';

/** The site of that name, the first without one. Throws a QueryMistake for one there is not. */
export function siteNamed<Site extends { readonly name: string }>(sites: readonly Site[], name: string | undefined): Site {
  const site = name === undefined ? sites[0] : sites.find((one) => one.name === name);
  if (site !== undefined) return site;
  throw new QueryMistake(`no router is called "${name}", only ${sites.map((one) => one.name).join(', ')}`);
}
