export const API_HELP =
  'Answer HTTP there: /metrics, /healthz, /readyz, /api/exporters, /api/query (default: off). Anywhere but on loopback --set api.token is needed.';
export const SERVE_HELP = 'Show a web page of what is collected, at the address of --api (default: 127.0.0.1:8080).';

const PAGE_ADDRESS = '127.0.0.1:8080';

interface ApiFlags {
  readonly api?: string;
  readonly serve?: true;
  readonly config?: string;
}

/** The flags as settings of the configuration; none without them. Where there is a file, it is the file that says where. */
export function apiSettings({ api, serve, config }: ApiFlags): Record<string, unknown> {
  const listen = api ?? (serve === true && config === undefined ? PAGE_ADDRESS : undefined);
  return { ...(listen === undefined ? {} : { 'api.listen': listen }), ...(serve === true ? { 'api.page': true } : {}) };
}
