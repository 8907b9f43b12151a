import { flowTimeUs, uptimeSince, type TimeBase, type TimeField } from '../../core/ipfix/flow-time.ts';
import type { IpfixIssue } from '../../core/ipfix/message-reader.ts';
import { plainFields, type ReadList } from '../../core/ipfix/plain-field.ts';
import { layOutRecord, type FieldPlaces } from '../../core/ipfix/record-layout.ts';
import { readList, type ListContext } from '../../core/ipfix/structured-data.ts';
import type { DescribedTemplate } from './described-template.ts';
import type { MessageContext } from './message-context.ts';
import type { ReadRecord } from './record.ts';
import type { Session } from './session.ts';

/** The records of one Data Set: `view` from `offset` to `end`, without the Set header. */
export interface DataSet {
  readonly session: Session;
  readonly message: MessageContext;
  /** Number of the Set in its Message. */
  readonly set: number;
  readonly described: DescribedTemplate;
  readonly view: DataView;
  readonly offset: number;
  readonly end: number;
  /** Whether it waited for its Template, and when that came. */
  readonly isLate: boolean;
  readonly nowS: number;
}

/** Where what was read goes. */
export interface ReadingSink {
  record(record: ReadRecord): void;
  issue(issue: IpfixIssue, message: number): void;
}

/** Reads Data Sets field by field. */
export class SetDecoder {
  readonly #sink: ReadingSink;
  readonly #maxListDepth: number;
  readonly #places: FieldPlaces = [];

  constructor(sink: ReadingSink, maxListDepth: number) {
    this.#sink = sink;
    this.#maxListDepth = maxListDepth;
  }

  /** Hands each record on and returns how many there were. */
  decode(set: DataSet): number {
    const { described, view, end, message } = set;
    const lists = this.#listsOf(set);
    let records = 0;
    let at = set.offset;
    // Less than a record is padding (RFC 7011 section 3.3.1).
    while (end - at >= described.minimumLength) {
      const next = layOutRecord(described.template.fields, view, at, end, this.#places);
      if (next <= at) {
        const detail = `a record of Template ${described.template.id} does not end inside its Set`;
        this.#sink.issue({ code: 'record-truncated', offset: at, detail }, message.index);
        return records;
      }
      this.#sink.record(this.#record(set, lists));
      records++;
      at = next;
    }
    this.#checkPadding(set, at);
    return records;
  }

  #record(set: DataSet, lists: ReadList): ReadRecord {
    const { described, view, message, session } = set;
    const { template } = described;
    const from = {
      message: message.index,
      set: set.set,
      exporter: message.source,
      domain: message.domain,
      templateId: template.id,
      fields: plainFields(described.fields, view, this.#places, lists),
    };
    const { protocol } = message;
    const late = set.isLate ? { late: true as const } : {};
    if (template.scopeFieldCount > 0) {
      session.learnInitTime(this.#initTime(described, view));
      return { ...from, startUs: null, endUs: null, protocol, options: true, ...late };
    }
    const base = this.#timeBase(set);
    const startUs = this.#time(described.start, view, base) ?? null;
    const endUs = this.#time(described.end, view, base) ?? null;
    const eventUs = this.#time(described.event, view, base);
    return { ...from, startUs, endUs, ...(eventUs === undefined ? {} : { eventUs }), protocol, ...late };
  }

  /** In IPFIX uptimes count from systemInitTimeMilliseconds: in the record, or else in options that came before. */
  #timeBase({ message, described, session, view }: DataSet): TimeBase {
    const { exportTimeUs } = message;
    if (message.uptimeMs !== undefined) return { exportTimeUs, uptimeMs: message.uptimeMs };
    const initTimeMs = this.#initTime(described, view) ?? session.initTimeMs;
    return { exportTimeUs, uptimeMs: initTimeMs === undefined ? undefined : uptimeSince(initTimeMs, exportTimeUs) };
  }

  #initTime({ initTimeIndex }: DescribedTemplate, view: DataView): number | undefined {
    if (initTimeIndex < 0) return undefined;
    const ms = Number(view.getBigUint64(this.#places[2 * initTimeIndex] as number));
    return Number.isSafeInteger(ms) ? ms : undefined;
  }

  /** By the first field that can tell it. */
  #time(fields: readonly TimeField[], view: DataView, base: TimeBase): number | undefined {
    for (const { elementId, index } of fields) {
      const us = flowTimeUs(elementId, view, this.#places[2 * index] as number, this.#places[2 * index + 1] as number, base);
      if (us !== undefined) return us;
    }
    return undefined;
  }

  #listsOf({ session, message, nowS, offset }: DataSet): ReadList {
    const context: ListContext = {
      templateOf: (id) => session.templates.get(id, nowS)?.template,
      maxDepth: this.#maxListDepth,
    };
    return (field, view, at, length) => {
      const list = readList(field, view, at, length, context);
      if (list?.fault !== undefined) this.#sink.issue({ code: 'list', offset, detail: list.fault }, message.index);
      return list;
    };
  }

  #checkPadding({ view, end, described, message }: DataSet, offset: number): void {
    for (let at = offset; at < end; at++) {
      if (view.getUint8(at) === 0) continue;
      const detail = `${end - offset} octets after the last record of Template ${described.template.id} are not zero`;
      return this.#sink.issue({ code: 'padding', offset, detail }, message.index);
    }
  }
}
