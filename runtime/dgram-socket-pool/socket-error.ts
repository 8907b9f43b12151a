/** What went wrong with a socket, in one sentence; `code` is the system's: EADDRINUSE, EACCES, EADDRNOTAVAIL, ... */
export class SocketError extends Error {
  readonly code: string;

  constructor(action: string, error: NodeJS.ErrnoException) {
    super(`${action}: ${REASONS[error.code ?? ''] ?? error.message}`, { cause: error });
    this.name = 'SocketError';
    this.code = error.code ?? 'UNKNOWN';
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use',
  EACCES: 'it needs a privilege; ports below 1024 do',
  EADDRNOTAVAIL: 'the address is not one of this machine',
  ENOTFOUND: 'there is no host of that name',
  ECONNREFUSED: 'nobody listens there',
};
