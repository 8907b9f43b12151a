/** Limits of the packets that are being put together. */
export interface ReassemblyLimits {
  /** Packets of which pieces wait for others; beyond it the oldest is given up. */
  readonly maxPackets: number;
  /** Seconds a piece waits for the others (60 in RFC 8200 section 4.5). */
  readonly timeoutS: number;
}

/** The longest payload there can be without jumbograms. */
const MAX_PAYLOAD_OCTETS = 65_535;
/** One piece has 8 octets at least, but that many of them are an attack. */
const MAX_PIECES = 1_024;

interface Piece {
  readonly begin: number;
  readonly octets: Uint8Array;
}

interface Packet {
  readonly pieces: Piece[];
  readonly startedAtS: number;
  received: number;
  /** Octets of the whole, once its last piece is known. */
  total: number | undefined;
}

/**
 * Puts fragmented IP packets together (RFC 791 section 3.2, RFC 8200 section 4.5). Pieces may come in any order; a packet whose pieces
 * overlap is given up (RFC 5722), second copies are not taken for an overlap.
 */
export class Reassembly {
  /** Packets given up: too old, too many, or wrong. */
  givenUp = 0;
  readonly #limits: ReassemblyLimits;
  readonly #packets = new Map<string, Packet>();

  constructor(limits: ReassemblyLimits) {
    this.#limits = limits;
  }

  /** Packets of which pieces are missing. */
  get waiting(): number {
    return this.#packets.size;
  }

  /**
   * Takes a piece of the packet that `key` names (addresses, protocol, Identification), `offset` octets from its start. Returns the whole
   * payload when this was the last that was missing.
   */
  add(key: string, offset: number, octets: Uint8Array, hasMore: boolean, nowS: number): Uint8Array | undefined {
    this.#expire(nowS);
    const packet = this.#packets.get(key) ?? this.#begin(key, nowS);
    const end = offset + octets.length;
    if (packet.pieces.some((piece) => piece.begin === offset && piece.octets.length === octets.length)) return undefined;
    const overlaps = packet.pieces.some((piece) => offset < piece.begin + piece.octets.length && piece.begin < end);
    if (overlaps || octets.length === 0 || end > MAX_PAYLOAD_OCTETS || packet.pieces.length === MAX_PIECES)
      return this.#giveUp(key);
    // A copy: the piece lies in memory that is read into again.
    packet.pieces.push({ begin: offset, octets: new Uint8Array(octets) });
    packet.received += octets.length;
    if (!hasMore) packet.total = end;
    const { total } = packet;
    if (total !== undefined && packet.pieces.some((piece) => piece.begin + piece.octets.length > total)) return this.#giveUp(key);
    if (packet.received !== total) return undefined;
    this.#packets.delete(key);
    const whole = new Uint8Array(total);
    for (const piece of packet.pieces) whole.set(piece.octets, piece.begin);
    return whole;
  }

  #begin(key: string, nowS: number): Packet {
    if (this.#packets.size === this.#limits.maxPackets)
      for (const oldest of this.#packets.keys()) return this.#replace(oldest, key, nowS);
    const packet: Packet = { pieces: [], startedAtS: nowS, received: 0, total: undefined };
    this.#packets.set(key, packet);
    return packet;
  }

  #replace(oldest: string, key: string, nowS: number): Packet {
    this.#giveUp(oldest);
    return this.#begin(key, nowS);
  }

  /** The map is in the order the packets began. */
  #expire(nowS: number): void {
    for (const [key, { startedAtS }] of this.#packets) {
      if (nowS - startedAtS <= this.#limits.timeoutS) return;
      this.#giveUp(key);
    }
  }

  #giveUp(key: string): undefined {
    this.#packets.delete(key);
    this.givenUp++;
    return undefined;
  }
}
