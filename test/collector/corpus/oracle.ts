import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Captures of real devices with what a correct decoder gets out of them; they are no part of this project. */
const CORPUS = fileURLToPath(new URL('../../../../shared/corpus', import.meta.url));

export const hasCorpus = existsSync(`${CORPUS}/index.json`);

/** One capture of the corpus. */
export interface CorpusEntry {
  readonly id: string;
  readonly protocol: string;
  readonly vendor: string;
}

/** A Set that came before its Template; how many records it would have given, where that can be told from its length. */
interface OracleSet {
  readonly lateRecords?: number | 'variable';
}

export interface OracleRecord {
  /** Message, Set and Template, the last only where Templates are sent. */
  readonly m: number;
  readonly s: number;
  readonly t?: number;
  readonly v: readonly (number | string)[];
  readonly n: { readonly startUs?: number; readonly endUs?: number };
}

/** What the corpus says of a capture of NetFlow or IPFIX, or of one of sFlow, whose samples are in `datagrams`. */
export interface Oracle {
  /** Names of the fields of NetFlow v1, v5 and v7. */
  readonly fixedKeys?: Readonly<Record<string, readonly string[]>>;
  readonly templates: readonly {
    readonly id: number;
    readonly options: boolean;
    /** `[pen/]id:length`. */
    readonly fields: readonly string[];
  }[];
  readonly messages: readonly {
    readonly exporter: string;
    readonly domain?: number;
    readonly version: number;
    readonly sets: readonly OracleSet[];
  }[];
  readonly records: readonly OracleRecord[];
  readonly datagrams?: readonly OracleDatagram[];
}

type Facts = Readonly<Record<string, unknown>>;

export interface OracleDatagram extends Facts {
  readonly exporter: string;
  readonly agent?: string;
  readonly subAgent?: number;
  readonly samples?: readonly (Facts & { readonly records: readonly Facts[] })[];
}

export const corpusEntries = (): CorpusEntry[] => JSON.parse(readFileSync(`${CORPUS}/index.json`, 'utf8')) as CorpusEntry[];

export const oracleOf = (id: string): Oracle => JSON.parse(readFileSync(`${CORPUS}/oracle/${id}.json`, 'utf8')) as Oracle;

export const captureOf = (id: string): Uint8Array => readFileSync(`${CORPUS}/files/${id}.pcap`);
