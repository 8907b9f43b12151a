import { isNat64 } from '../../core/net/nat64-address.ts';
import { copyIPv6, isIPv6 } from '../../core/net/address-book.ts';
import { NS_PER_MS, NS_PER_US } from '../../core/time/instant.ts';
import { CollectedBatch } from '../../collector/collecting/collected-batch.ts';
import { clearRows } from '../../collector/collecting/collected-rows.ts';
import { RememberedAnswers } from '../../collector/io/page/remembered-answers.ts';
import type { DerivedColumns } from '../../collector/query/language/derived.ts';
import { duckDbDialect } from '../../collector/query/language/duckdb-dialect.ts';
import type { Vocabulary } from '../../collector/query/language/vocabulary.ts';
import { DuckDbStore } from '../../collector/store/duckdb-store.ts';
import type { AskedStore } from '../../collector/store/flow-store.ts';
import { UP, type Ledger } from '../verify/ledger.ts';
import { PacketPieces, type PacketPiece } from '../verify/packet-pieces.ts';
import { categoryOf, serviceOf } from '../verify/services.ts';
import { outsideAddress } from '../verify/truth.ts';
import type { TrueSite } from '../world/true-site.ts';

const BATCH_ROWS = 16_384;

/** Names as numbers, counted from 1. */
class Names {
  readonly #numbers = new Map<string, number>();

  numberOf(name: string | undefined): number {
    if (name === undefined) return 0;
    const number = this.#numbers.get(name) ?? this.#numbers.size + 1;
    this.#numbers.set(name, number);
    return number;
  }

  /** The index of each in `known`, by its number. */
  indexesIn(known: readonly string[]): Map<number, number> {
    return new Map([...this.#numbers].map(([name, number]) => [number, known.indexOf(name) + 1]));
  }
}

/**
 * What ledgers have as rows that every question can be asked of: packets of a train in a minute, by true time. Addresses and ports are as the router
 * saw them; who it was, the service and the category are the judge's, in columns of the table that nothing else needs: `source_as`,
 * `application_id` and `destination_as`.
 */
export class TrueFlows {
  /** Asked the same twice, it answers from memory: what is told by the truth has the truth beside it too. */
  readonly store: AskedStore;
  readonly #written: DuckDbStore;
  #revision = 0;
  readonly #sites: readonly { readonly site: TrueSite; readonly pieces: PacketPieces }[];
  readonly #batch = new CollectedBatch(BATCH_ROWS);
  readonly #people = new Names();
  readonly #services = new Names();
  readonly #categories = new Names();
  /** Settles when what was written down is there to be asked for. */
  #writing: Promise<void> = Promise.resolve();

  readonly #epochUnixMs: number;

  private constructor(store: DuckDbStore, sites: readonly TrueSite[], epochUnixMs: number) {
    this.#written = store;
    this.store = new RememberedAnswers(store, () => this.#revision);
    this.#sites = sites.map((site) => ({ site, pieces: new PacketPieces(site.ledger, epochUnixMs) }));
    this.#epochUnixMs = epochUnixMs;
  }

  /** Nothing is there before `catchUp`. */
  static async open(sites: readonly TrueSite[], epochUnixMs: number): Promise<TrueFlows> {
    return new TrueFlows(await DuckDbStore.open(':memory:'), sites, epochUnixMs);
  }

  /** Writes down what has passed by the last whole minute, or all of it when the day is over, and is not there yet. */
  catchUp(nowNs: number, isOver: boolean): Promise<void> {
    this.#writing = this.#writing.then(() => this.#write(nowNs, isOver));
    return this.#writing;
  }

  close(): void {
    this.#written.close();
  }

  /** What the judge says of a row, as the numbers of a vocabulary. */
  readonly columns = (vocabulary: Vocabulary): DerivedColumns => {
    const { people, apps, categories } = vocabulary;
    const known = (name: string, column: string, names: Names, words: readonly string[]) => () => ({
      needs: [column],
      ...duckDbDialect.lookup(name, column, names.indexesIn(words)),
    });
    return {
      person: known('person', 'source_as', this.#people, people),
      app: known('app', 'application_id', this.#services, apps),
      category: known('category', 'destination_as', this.#categories, categories),
    };
  };

  async #write(nowNs: number, isOver: boolean): Promise<void> {
    const batch = this.#batch;
    for (const { site, pieces } of this.#sites) {
      const found: PacketPiece[] = [];
      pieces.take(nowNs, isOver, (piece) => found.push(piece));
      for (const piece of found) {
        this.#add(site, piece);
        if (batch.length === batch.capacity) await this.#append();
      }
    }
    await this.#append();
  }

  async #append(): Promise<void> {
    if (this.#batch.length === 0) return;
    await this.#written.append(this.#batch);
    clearRows(this.#batch);
    this.#revision++;
  }

  #add({ ledger, exporter, nameOf }: TrueSite, { train, startNs, endNs, packets, octets }: PacketPiece): void {
    const { connections, trains } = ledger;
    const batch = this.#batch;
    const epochUnixMs = this.#epochUnixMs;
    const row = batch.length++;
    const connection = trains.connection.at(train);
    const server = outsideAddress(ledger, train);
    const [protocol, serverPort] = [connections.protocol.at(connection), connections.serverPort.at(connection)];
    batch.exporter[row] = exporter?.address ?? 0;
    batch.observationDomainId[row] = exporter?.observationDomainId ?? 0;
    batch.protocol[row] = protocol;
    batch.octetDeltaCount[row] = octets;
    batch.packetDeltaCount[row] = packets;
    batch.flowStartMs[row] = epochUnixMs + Math.floor(startNs / NS_PER_MS);
    batch.flowEndMs[row] = epochUnixMs + Math.floor(endNs / NS_PER_MS);
    batch.exportTimeS[row] = (epochUnixMs + endNs / NS_PER_MS) / 1_000;
    batch.receivedAtUs[row] = epochUnixMs * 1_000 + Math.floor(endNs / NS_PER_US);
    batch.sourceAs[row] = this.#people.numberOf(nameOf(connections.device.at(connection)));
    batch.applicationId[row] = this.#services.numberOf(serviceOf(server, serverPort, protocol));
    batch.destinationAs[row] = this.#categories.numberOf(categoryOf(server, serverPort, protocol));
    putEnds(batch, row, ledger, train, server);
  }
}

/** Who it was from and to, before and after the translation, as a router would have told it. */
function putEnds(batch: CollectedBatch, row: number, { connections, trains }: Ledger, train: number, outside: number): void {
  const connection = trains.connection.at(train);
  const inside = connections.insideAddress.at(connection);
  const insidePort = connections.insidePort.at(connection);
  const serverPort = connections.serverPort.at(connection);
  const publicAddress = trains.publicAddress.at(train);
  const publicPort = trains.publicPort.at(train);
  const isUp = trains.direction.at(train) === UP;
  const isTranslated = inside !== publicAddress;
  const put = (stem: Stem, address: number): void => putAddress(batch, row, stem, address);
  batch.ipVersion[row] = isIPv6(isUp ? inside : publicAddress) ? 6 : 4;
  batch.sourcePort[row] = isUp ? insidePort : serverPort;
  batch.destinationPort[row] = isUp ? serverPort : publicPort;
  put('source', isUp ? inside : outside);
  put('destination', isUp ? connections.serverAddress.at(connection) : publicAddress);
  if (!isTranslated) return;
  batch.postNaptSourcePort[row] = isUp ? publicPort : serverPort;
  batch.postNaptDestinationPort[row] = isUp ? serverPort : insidePort;
  put('postNatSource', isUp ? publicAddress : connections.serverAddress.at(connection));
  put(
    'postNatDestination',
    isUp ? (isNat64(inside, publicAddress) ? outside : connections.serverAddress.at(connection)) : inside,
  );
}

type Stem = 'source' | 'destination' | 'postNatSource' | 'postNatDestination';

/** An address is in the column of its version, of an empty row. */
function putAddress(batch: CollectedBatch, row: number, stem: Stem, address: number): void {
  if (isIPv6(address)) copyIPv6(address, batch[`${stem}IPv6`], 4 * row);
  else batch[`${stem}Address`][row] = address;
}
