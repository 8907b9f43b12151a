/** Where a program listens or whom it speaks to. */
export interface Endpoint {
  /** A host name or an address. */
  readonly address: string;
  readonly port: number;
}

/** Splits `host:port` or `[host]:port`; `undefined` when it is neither. Whether the host exists is for the network to say. */
export function parseEndpoint(text: string): Endpoint | undefined {
  const match = /^(?:\[([0-9a-fA-F:.%\w]+)\]|([^\s:[\]]+)):(\d{1,5})$/.exec(text);
  if (match === null) return undefined;
  const port = Number(match[3]);
  const address = match[1] ?? match[2];
  return address === undefined || port > 65_535 ? undefined : { address, port };
}

/** The reverse of `parseEndpoint`. */
export const formatEndpoint = ({ address, port }: Endpoint): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
