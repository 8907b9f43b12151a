import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { SocketAddress } from 'node:net';
import { endianness } from 'node:os';

export interface BoundAddress {
  readonly address: string;
  readonly port: number;
  readonly family: 'IPv4' | 'IPv6';
}

/** Places in a line of the table: "sl local_address rem_address st queues tr:tm retrnsmt uid timeout inode ref pointer drops". */
const FIELD = { localAddress: 1, inode: 9 } as const;

/** One reading may miss a socket; that many in a row do not. */
const MAX_READS = 5;

/**
 * Datagrams the kernel threw away because a socket's receive buffer was full, from /proc/net/udp and udp6 (Linux). The table is
 * no snapshot: while other sockets come and go, one read may list a socket several times or not at all. Hence counts are kept by
 * inode and never go back.
 */
export class KernelDrops {
  readonly #bound: BoundAddress;
  readonly #sockets: number;
  readonly #drops = new Map<string, number>();
  /** Sockets that come and go, by inode. */
  readonly #watched = new Map<string, number>();
  /** What those that are gone had dropped. */
  #past = 0;

  /** `sockets` of this process are bound to `bound`. */
  constructor(bound: BoundAddress, sockets: number) {
    this.#bound = { ...bound, address: canonical(bound.address, bound.family) };
    this.#sockets = sockets;
  }

  /** Datagrams dropped since each socket was opened, in no particular order; `undefined` where the system does not tell. */
  read(): readonly number[] | undefined {
    const path = this.#bound.family === 'IPv6' ? '/proc/net/udp6' : '/proc/net/udp';
    try {
      for (let reads = 0; reads === 0 || (reads < MAX_READS && this.#drops.size < this.#sockets); reads++) {
        this.update(readFileSync(path, 'utf8'));
      }
    } catch {
      return undefined;
    }
    return this.#drops.size === 0 ? undefined : this.known;
  }

  /** What has been read so far. */
  get known(): readonly number[] {
    return [...this.#drops.values(), ...this.#watched.values()];
  }

  /** What sockets dropped that are no longer watched. */
  get past(): number {
    return this.#past;
  }

  /** Counts another socket of this process, wherever it is bound. */
  watch(fd: number): void {
    this.#watched.set(inodeOf(String(fd)), 0);
  }

  /** The socket is about to be closed: what it dropped so far stays in `past`. */
  forget(fd: number): void {
    const inode = inodeOf(String(fd));
    this.read();
    this.#past += this.#watched.get(inode) ?? 0;
    this.#watched.delete(inode);
  }

  /** Takes in one reading of the table; `own`: the inodes of this process' sockets, `undefined` when it cannot know. */
  update(table: string, own: ReadonlySet<string> | undefined = this.#drops.size < this.#sockets ? ownInodes() : undefined): void {
    const complete = this.#drops.size >= this.#sockets;
    for (const line of table.split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/);
      const inode = fields[FIELD.inode];
      if (inode === undefined) continue;
      const watched = this.#watched.get(inode);
      if (watched !== undefined) this.#watched.set(inode, Math.max(watched, Number(fields.at(-1))));
      if (watched !== undefined || !this.#isBoundHere(fields[FIELD.localAddress] as string)) continue;
      const known = this.#drops.get(inode);
      if (known === undefined && (complete || own?.has(inode) === false)) continue;
      this.#drops.set(inode, Math.max(known ?? 0, Number(fields.at(-1))));
    }
  }

  #isBoundHere(field: string): boolean {
    const [address = '', port = ''] = field.split(':');
    return Number.parseInt(port, 16) === this.#bound.port && decode(address) === this.#bound.address;
  }
}

/** Inodes of the sockets this process has open; `undefined` when /proc does not show them. */
function ownInodes(): Set<string> | undefined {
  const inodes = new Set<string>();
  try {
    for (const descriptor of readdirSync('/proc/self/fd')) inodes.add(inodeOf(descriptor));
  } catch {
    return undefined;
  }
  return inodes;
}

function inodeOf(descriptor: string): string {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${descriptor}`))?.[1] ?? '';
  } catch {
    return ''; // Closed since it was listed: the listing's own, for one.
  }
}

/** The table has an address as 32-bit words in the machine's own order: 0100007F is 127.0.0.1 on most. */
function decode(hex: string): string {
  const octets = Buffer.from(hex, 'hex');
  if (endianness() === 'LE') octets.swap32();
  if (octets.length === 4) return octets.join('.');
  return canonical((octets.toString('hex').match(/.{4}/g) ?? []).join(':'), 'IPv6');
}

/** One spelling for each address, without the zone. */
const canonical = (address: string, family: 'IPv4' | 'IPv6'): string =>
  new SocketAddress({ address: address.replace(/%.*$/, ''), family: family === 'IPv6' ? 'ipv6' : 'ipv4' }).address;
