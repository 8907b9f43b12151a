import type { IpfixIssue } from '../../core/ipfix/message-reader.ts';
import { decodeRecordValues, type FieldValue } from '../../core/ipfix/record-values.ts';
import type { StoredAddress } from '../../core/net/stored-address.ts';
import type { CompiledTemplate } from './compiled-template.ts';
import type { CollectingConfig } from './config.ts';
import type { CollectingCounters } from './counters.ts';
import { storedExporter } from './exporter-address.ts';
import type { ApplicationName, Label, LabelKind } from './label.ts';
import { intervalOf, keyOf, nameOf, numberIn, type OptionsTable } from './options-table.ts';
import type { DataSet } from './set-decoder.ts';

type CollectedSet = DataSet<CompiledTemplate>;

/** Learns from options what exporters say of themselves and of the numbers in their records. */
export class OptionsLearner {
  /** By exporter, domain and id. */
  readonly applications = new Map<string, ApplicationName>();
  readonly names = new Map<StoredAddress, string>();
  readonly #counters: CollectingCounters;
  readonly #config: Pick<CollectingConfig, 'maxNames'>;
  /** The name of each number of an exporter, whatever port it sends from; the oldest first. */
  readonly #known = new Map<string, string>();
  #learnt: Label[] = [];

  constructor(counters: CollectingCounters, config: Pick<CollectingConfig, 'maxNames'>) {
    this.#counters = counters;
    this.#config = config;
  }

  /** Reads the records of a Set and returns how many there were. */
  learn(set: CollectedSet, onIssue: (issue: IpfixIssue) => void): number {
    const { known, view, offset, end } = set;
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
      if (known.table !== undefined) this.#learn(set, known.table, result.values);
    }
    return records;
  }

  /** Names that are new or have changed since the last call. */
  pollLabels(): readonly Label[] {
    const labels = this.#learnt;
    this.#learnt = [];
    return labels;
  }

  #learn(set: CollectedSet, table: OptionsTable, values: readonly FieldValue[]): void {
    const { session } = set;
    for (const { kind, key, name } of table.labels) this.#name(set, kind, keyOf(values[key]), nameOf(values[name]));
    const interval = intervalOf(table, values);
    if (interval !== undefined) {
      const [sampler, ingress, egress] = [table.sampler, table.ingress, table.egress].map((index) => whoseIn(values[index]));
      session.sampling.learn({ sampler, ingress, egress }, interval);
    }
    const initTimeMs = numberIn(values[table.initTime]);
    if (initTimeMs !== undefined && Number.isSafeInteger(initTimeMs)) session.learnInitTime(initTimeMs);
    if (table.reported.length > 0) this.#report(set, table, values);
  }

  /** Totals that a record does not tell stay as they were told before: exporters send them in several tables. */
  #report(
    { session, message }: CollectedSet,
    { reported, scopeKind, scopeFieldCount }: OptionsTable,
    values: readonly FieldValue[],
  ): void {
    // What an exporter said of an earlier run's Messages is no measure of this one's.
    if (message.isRemembered === true) return;
    const scope = values.slice(0, scopeFieldCount).join();
    for (const { total, index } of reported) {
      const value = numberIn(values[index]);
      if (value === undefined) continue;
      if (session.ownWord.learn(total, scopeKind, scope, value, message)) this.#counters.refusedScopes++;
    }
  }

  #name({ session, message }: CollectedSet, kind: LabelKind, id: StoredAddress | undefined, name: string | undefined): void {
    if (id === undefined || name === undefined) return;
    const { exporter, key } = session;
    const observationDomainId = key.domain;
    const exporterNumber = storedExporter(exporter);
    const number = `${exporterNumber} ${observationDomainId} ${kind} ${id}`;
    if (kind === 'address') this.#keep(this.names, id, name);
    if (kind === 'application' && typeof id === 'number')
      this.#keep(this.applications, number, { exporter: exporterNumber, observationDomainId, id, name });
    if (this.#known.get(number) === name) return;
    if (this.#learnt.length >= this.#config.maxNames) return void this.#counters.refusedNames++;
    this.#remember(number, name);
    this.#learnt.push({
      exporter,
      observationDomainId,
      kind,
      id,
      name,
      learntAtUs: message.receivedAtUs,
    });
  }

  /** The oldest is forgotten for it: it is told again when it comes again. */
  #remember(number: string, name: string): void {
    this.#known.delete(number);
    const [oldest] = this.#known.keys();
    if (oldest !== undefined && this.#known.size >= this.#config.maxNames) this.#known.delete(oldest);
    this.#known.set(number, name);
  }

  #keep<Key, Name>(map: Map<Key, Name>, key: Key, name: Name): void {
    if (map.size >= this.#config.maxNames && !map.has(key)) this.#counters.refusedNames++;
    else map.set(key, name);
  }
}

/** A sampler or an interface; NetFlow v9 shows the numbers of scopes as octets. */
function whoseIn(value: FieldValue | undefined): number | undefined {
  const key = numberIn(value) ?? keyOf(value);
  return typeof key === 'number' ? key : undefined;
}
