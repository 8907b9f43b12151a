import { uint16, uint32, type Octets } from '../support/captures.ts';

/** Elements of every kind: counts, addresses, times, lists, padding, and such as only some vendor has. */
const ELEMENT_IDS = [
  1, 2, 4, 7, 8, 11, 12, 21, 22, 27, 82, 96, 150, 152, 154, 156, 158, 160, 210, 230, 291, 292, 293, 323, 33_000, 40_000,
];
const FIELD_LENGTHS = [0, 1, 2, 3, 4, 4, 4, 8, 8, 16, 65_535, 65_535];
const ENTERPRISES = [9, 29_305, 6_871, 2 ** 30];
const SFLOW_RECORDS = [1, 2, 3, 4, 5, 7, 1_001, 1_002, 1_003, 1_004, 1_005, 4_097];
/** Words of the head of a sample of sFlow, by its format. */
const SAMPLE_HEADS = [7, 2, 10, 3, 2];
const EXPORT_TIME_S = 1_600_000_000;

/** Messages of all protocols that are almost right, and changes to such as are, from a seed. */
export class HostileMessages {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0 || 1;
  }

  /** A whole number below `limit`. */
  below(limit: number): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return (x >>> 0) % limit;
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)] as Item;
  }

  message(): Uint8Array {
    switch (this.below(6)) {
      case 0:
      case 1:
        return this.#ipfix();
      case 2:
      case 3:
        return this.#v9();
      case 4:
        return this.#sflow();
      default:
        return Uint8Array.from([
          ...uint16(this.pick([1, 5, 7])),
          ...uint16(this.below(5)),
          ...this.#octets(12 + this.below(250)),
        ]);
    }
  }

  /** The same octets with a few faults: wrong bits, words that mean much, pieces cut out or taken from `other`. */
  mutate(message: Uint8Array, other: Uint8Array): Uint8Array {
    let octets = Array.from(message);
    for (let change = this.below(6); change >= 0 && octets.length > 4; change--) octets = this.#changed(octets, other);
    return Uint8Array.from(octets);
  }

  #changed(octets: number[], other: Uint8Array): number[] {
    const at = this.below(octets.length);
    const piece = other.subarray(this.below(other.length + 1)).subarray(0, this.below(64));
    switch (this.below(6)) {
      case 0:
        return octets.with(at, this.below(256));
      case 1:
        return octets.with(at, (octets[at] as number) ^ (1 << this.below(8)));
      case 2:
        return octets.slice(0, Math.max(4, at));
      case 3:
        return octets.length > 3_000 ? octets : octets.toSpliced(at, 0, ...piece);
      case 4:
        return octets.toSpliced(at, this.below(40));
      default:
        return octets.toSpliced(at, 2, ...uint16(this.pick([...ELEMENT_IDS, ...FIELD_LENGTHS, 255, 256, 0x7fff, 0x8000])));
    }
  }

  #ipfix(): Uint8Array {
    const sets = this.#several(5, () => this.#set(false));
    const length = this.below(30) > 0 ? sets.length + 16 : this.below(400);
    return Uint8Array.from([
      ...[...uint16(10), ...uint16(length), ...uint32(EXPORT_TIME_S), ...uint32(this.below(2 ** 32)), ...uint32(this.below(2))],
      ...sets,
    ]);
  }

  #v9(): Uint8Array {
    const uptime = uint32(this.below(2 ** 32));
    const head = [...uint16(9), ...uint16(3), ...uptime, ...uint32(EXPORT_TIME_S), ...uint32(this.below(2 ** 32))];
    return Uint8Array.from([...head, ...uint32(this.below(2)), ...this.#several(5, () => this.#set(true))]);
  }

  #set(isV9: boolean): Octets {
    const isOptions = this.below(2) === 1;
    const isTemplates = this.below(5) < 2;
    const dataId = this.below(30) > 0 ? 256 + this.below(6) : this.below(256);
    const id = isTemplates ? (isOptions ? 1 : 0) + (isV9 ? 0 : 2) : dataId;
    const body = isTemplates ? this.#several(4, () => this.#template(isV9, isOptions)) : this.#records();
    return [...uint16(id), ...uint16(this.below(30) > 0 ? body.length + 4 : this.below(400)), ...body];
  }

  #records(): Octets {
    return this.below(3) > 0 ? this.#octets(this.below(200)) : this.#several(4, () => this.#list(this.below(4)));
  }

  #template(isV9: boolean, isOptions: boolean): Octets {
    const count = this.below(8);
    const fields = Array.from({ length: count }, () => this.#field(isV9)).flat();
    const id = uint16(256 + this.below(6) - (this.below(20) === 0 ? 200 : 0));
    if (!isOptions) return [...id, ...uint16(this.below(20) > 0 ? count : this.below(65_536)), ...fields];
    const scopes = isV9 ? [...uint16(4 * this.below(3)), ...uint16(4 * count)] : [...uint16(count), ...uint16(this.below(3))];
    return [...id, ...scopes, ...fields];
  }

  #field(isV9: boolean): Octets {
    const id = this.pick(ELEMENT_IDS);
    const isOfEnterprise = !isV9 && this.below(5) === 0;
    const element = isV9 ? id : (id & 0x7fff) | (isOfEnterprise ? 0x8000 : 0);
    return [...uint16(element), ...uint16(this.pick(FIELD_LENGTHS)), ...(isOfEnterprise ? uint32(this.pick(ENTERPRISES)) : [])];
  }

  /** A list (RFC 6313) with its length before it, and lists in it. */
  #list(depth: number): Octets {
    const inner = (): Octets => (depth > 0 ? this.#list(depth - 1) : this.#octets(this.below(30)));
    const bodies = [
      (): Octets => [
        ...uint16(this.pick(ELEMENT_IDS) & 0x7fff),
        ...uint16(this.pick(FIELD_LENGTHS)),
        ...this.#octets(this.below(20)),
      ],
      (): Octets => [...uint16(256 + this.below(6)), ...inner()],
      (): Octets =>
        this.#several(3, () => {
          const body = inner();
          return [...uint16(256 + this.below(6)), ...uint16(body.length + 4), ...body];
        }),
    ];
    const all = [this.pick([0, 1, 2, 3, 4, 255, 9]), ...this.pick(bodies)()];
    return this.below(2) === 0 ? [all.length & 255, ...all] : [255, ...uint16(all.length), ...all];
  }

  #sflow(): Uint8Array {
    const count = this.below(4);
    const samples = Array.from({ length: count }, () => this.#sample()).flat();
    const agent = [...uint32(this.pick([1, 1, 2, 3])), ...this.#octets(this.pick([4, 4, 16]))];
    const numbers = [...uint32(this.below(3)), ...uint32(this.below(2 ** 32)), ...uint32(this.below(2 ** 32))];
    return Uint8Array.from([...uint32(5), ...agent, ...numbers, ...uint32(count), ...samples]);
  }

  #sample(): Octets {
    const format = this.below(SAMPLE_HEADS.length);
    const count = this.below(4);
    const records = Array.from({ length: count }, () => {
      const octets = this.#octets(4 * this.below(12));
      return [...uint32(this.pick(SFLOW_RECORDS)), ...uint32(this.below(20) > 0 ? octets.length : this.below(300)), ...octets];
    }).flat();
    const body = [...this.#octets(4 * (SAMPLE_HEADS[format] as number)), ...uint32(count), ...records];
    return [...uint32(format + 1), ...uint32(this.below(20) > 0 ? body.length : this.below(500)), ...body];
  }

  #several(limit: number, make: () => Octets): number[] {
    return Array.from({ length: this.below(limit) }, make).flat();
  }

  #octets(length: number): number[] {
    return Array.from({ length }, () => this.below(this.below(4) > 0 ? 6 : 256));
  }
}
