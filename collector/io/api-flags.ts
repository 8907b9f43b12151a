export const API_HELP =
  'Answer HTTP there: /metrics, /healthz, /readyz, /api/exporters, /api/query (default: off). Anywhere but on loopback --set api.token is needed.';

/** The flag as a setting of the configuration; none without it. */
export const apiSettings = ({ api }: { readonly api?: string }): Record<string, unknown> =>
  api === undefined ? {} : { 'api.listen': api };
