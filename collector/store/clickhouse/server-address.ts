/** Where a ClickHouse is spoken to over HTTP, and as whom. */
export interface ServerAddress {
  /** `http://host:8123` or `https://host:8443`. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly database: string;
}

const FORM = 'clickhouse://user:password@host:8123/database';

/** Whether `--store` names a ClickHouse and not a file. */
export const isServerAddress = (store: string): boolean => /^clickhouses?:\/\//.test(store);

/** The address as it may be shown. */
export const withoutPassword = (store: string): string => store.replace(/\/\/.*@/, '//');

/**
 * Reads `clickhouse://user:password@host:8123/database`, of which only the host is needed; `clickhouses://` speaks TLS. Throws an Error of
 * one sentence, which never repeats the password.
 */
export function parseServerAddress(store: string): ServerAddress {
  const isTls = store.startsWith('clickhouses:');
  // URL knows ports and passwords of http, not those of schemes it has never heard of.
  const text = store.replace(/^clickhouses?:/, isTls ? 'https:' : 'http:');
  const url = URL.canParse(text) ? new URL(text) : null;
  const [, database = '', ...rest] = (url?.pathname ?? '').split('/');
  if (url === null || rest.join('') !== '' || url.search !== '' || url.hash !== '')
    throw new Error(`the address of the store is not like ${FORM}`);
  const port = url.port !== '' || /:(80|443)(\/|$)/.test(store) ? url.port : isTls ? '8443' : '8123';
  return {
    url: `${url.protocol}//${url.hostname}${port === '' ? '' : `:${port}`}`,
    username: decodeURIComponent(url.username) || 'default',
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(database) || 'default',
  };
}
