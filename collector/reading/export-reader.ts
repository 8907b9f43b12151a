import type { Datagram } from '../collecting/datagram.ts';
import { ExportMessages } from '../collecting/export-messages.ts';
import type { Session } from '../collecting/session.ts';
import type { ReadingConfig } from './config.ts';
import { ReadingCounters } from './counters.ts';
import type { DescribedTemplate } from './described-template.ts';
import { FieldDecoder } from './field-decoder.ts';
import type { ReadRecord } from './record.ts';

/**
 * Reads datagrams of exporters field by field, whatever protocol they speak, and hands each record on in the order of arrival. Records that
 * had to wait for their Template come when it does. No octets make it throw.
 */
export class ExportReader {
  readonly counters = new ReadingCounters();
  readonly #messages: ExportMessages<DescribedTemplate>;

  constructor(config: ReadingConfig, onRecord: (record: ReadRecord) => void) {
    const { counters } = this;
    const decoder = new FieldDecoder(
      {
        record: (record) => {
          if (record.options === true) counters.optionsRecords++;
          else counters.records++;
          if (record.late === true) counters.lateRecords++;
          onRecord(record);
        },
        issue: (issue, message) => counters.issue(issue, message),
      },
      config.maxListDepth,
    );
    const rules = { ...config, sessionsBeginAtZero: false, readsDuplicates: true };
    this.#messages = new ExportMessages(rules, counters, decoder);
  }

  get sessions(): Session<DescribedTemplate>[] {
    return this.#messages.sessions.all;
  }

  /** Datagrams of a version that is known, second copies included. */
  get received(): number {
    return this.#messages.received;
  }

  handle(datagram: Datagram): void {
    this.#messages.handle(datagram);
  }
}
