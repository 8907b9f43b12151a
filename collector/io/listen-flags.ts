/** The flags that say where to listen; each `--listen` is one place. */
export interface ListenFlags {
  readonly listen?: string[];
  readonly receiveBuffer?: number;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsCa?: string;
}

const DEFAULT_LISTEN = 'udp://127.0.0.1:4739';

export const LISTEN_HELP = `Where to wait for exporters: [udp://|tcp://|tls://]host:port; may be repeated (default: ${DEFAULT_LISTEN}).`;

/** The flags as settings of the configuration's `listen`; none without a flag. Throws an Error of one sentence for flags that change nothing. */
export function listenSettings(flags: ListenFlags, hasFile: boolean): Record<string, unknown> {
  const { listen, receiveBuffer, tlsCert, tlsKey, tlsCa } = flags;
  const buffer = given({ receiveBufferOctets: receiveBuffer });
  const tls = given({ certificate: tlsCert, key: tlsKey, ca: tlsCa });
  const places = listen ?? (hasFile ? [] : [DEFAULT_LISTEN]);
  if (places.length === 0 && receiveBuffer !== undefined)
    throw new Error('--receive-buffer needs --listen; in the file it is receiveBufferOctets of a listener');
  if (Object.keys(tls).length > 0 && !places.some((at) => at.startsWith('tls://')))
    throw new Error('--tls-cert, --tls-key and --tls-ca need --listen tls://host:port');
  if (listen === undefined && receiveBuffer === undefined) return {};
  const entries = places.map((at) => ({ at, ...(at.startsWith('tls://') ? tls : buffer) }));
  // A mistake in a text alone is told better.
  return { listen: entries.map((entry) => (Object.keys(entry).length === 1 ? entry.at : entry)) };
}

const given = (values: Readonly<Record<string, string | number | undefined>>): Record<string, string | number | undefined> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
