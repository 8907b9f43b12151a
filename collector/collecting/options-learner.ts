import type { IpfixIssue } from '../../core/ipfix/message-reader.ts';
import { decodeRecordValues, type FieldValue } from '../../core/ipfix/record-values.ts';
import type { StoredAddress } from '../../core/net/stored-address.ts';
import type { CompiledTemplate } from './compiled-template.ts';
import type { CollectingConfig } from './config.ts';
import type { CollectingCounters } from './counters.ts';
import { keyOf, nameOf, type OptionsTable } from './options-table.ts';
import type { DataSet } from './set-decoder.ts';

/** Learns from options what exporters say of themselves and of the numbers in their records. */
export class OptionsLearner {
  readonly applications = new Map<number, string>();
  readonly names = new Map<StoredAddress, string>();
  readonly #counters: CollectingCounters;
  readonly #config: Pick<CollectingConfig, 'maxNames'>;

  constructor(counters: CollectingCounters, config: Pick<CollectingConfig, 'maxNames'>) {
    this.#counters = counters;
    this.#config = config;
  }

  /** Reads the records of a Set and returns how many there were. */
  learn({ known, view, offset, end }: DataSet<CompiledTemplate>, onIssue: (issue: IpfixIssue) => void): number {
    let records = 0;
    let at = offset;
    while (end - at >= known.decoder.minimumLength) {
      const result = decodeRecordValues(known.template, view, at, end);
      if (!('values' in result)) {
        onIssue(result);
        return records;
      }
      at = result.next;
      records++;
      if (known.table !== undefined) this.#learn(known.table, result.values);
    }
    return records;
  }

  #learn(table: OptionsTable, values: readonly FieldValue[]): void {
    const key = keyOf(values[table.keyIndex]);
    const name = nameOf(values[table.nameIndex]);
    if (key === undefined || name === undefined) return;
    if (table.kind === 'names') this.#keep(this.names, key, name);
    else if (typeof key === 'number') this.#keep(this.applications, key, name);
  }

  #keep<Key>(map: Map<Key, string>, key: Key, name: string): void {
    if (map.size >= this.#config.maxNames && !map.has(key)) return void this.#counters.refusedNames++;
    map.set(key, name);
  }
}
