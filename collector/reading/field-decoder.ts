import { flowTimeUs, type TimeBase, type TimeField } from '../../core/ipfix/flow-time.ts';
import type { IpfixIssue } from '../../core/ipfix/message-reader.ts';
import { plainFields, type ReadList } from '../../core/ipfix/plain-field.ts';
import { layOutRecord, type FieldPlaces } from '../../core/ipfix/record-layout.ts';
import { readList, type ListContext } from '../../core/ipfix/structured-data.ts';
import type { Template } from '../../core/ipfix/template.ts';
import {
  issueIn,
  isByInitTime,
  timeBaseOf,
  type DataSet,
  type IssueOrigin,
  type SampleSet,
  type SetDecoder,
} from '../collecting/set-decoder.ts';
import { describeTemplate, type DescribedTemplate } from './described-template.ts';
import type { ReadRecord } from './record.ts';
import { recordsOfSample } from './sflow-fields.ts';

type ReadSet = DataSet<DescribedTemplate>;

/** Where what was read goes. */
export interface ReadingSink {
  record(record: ReadRecord): void;
  issue(issue: IpfixIssue, message: number): void;
}

/** The Template of a fixed format has no ID. */
const NO_TEMPLATE_ID = 0;

/** Reads Data Sets field by field. */
export class FieldDecoder implements SetDecoder<DescribedTemplate> {
  readonly #sink: ReadingSink;
  readonly #maxListDepth: number;
  readonly #places: FieldPlaces = [];

  constructor(sink: ReadingSink, maxListDepth: number) {
    this.#sink = sink;
    this.#maxListDepth = maxListDepth;
  }

  describe(template: Template, isV9: boolean): DescribedTemplate {
    return describeTemplate(template, isV9);
  }

  issue(issue: IpfixIssue, { index, session }: IssueOrigin<DescribedTemplate>): void {
    session?.tally.fault(issue.code);
    this.#sink.issue(issue, index);
  }

  /** Hands each record on and returns how many there were. */
  decode(set: ReadSet): number {
    const { known, view, end } = set;
    const lists = this.#listsOf(set);
    let records = 0;
    let at = set.offset;
    // Less than a record is padding (RFC 7011 section 3.3.1).
    while (end - at >= known.minimumLength) {
      const next = layOutRecord(known.template.fields, view, at, end, this.#places);
      if (next <= at) {
        const detail = `a record of Template ${known.template.id} does not end inside its Set`;
        issueIn(this, set, { code: 'record-truncated', offset: at, detail });
        return records;
      }
      this.#sink.record(this.#record(set, lists));
      records++;
      at = next;
    }
    this.#checkPadding(set, at);
    return records;
  }

  decodeSample(sample: SampleSet<DescribedTemplate>): void {
    for (const record of recordsOfSample(sample)) this.#sink.record(record);
  }

  #record(set: ReadSet, lists: ReadList): ReadRecord {
    const { known, view, message, session } = set;
    const { template } = known;
    const isFixed = template.id === NO_TEMPLATE_ID;
    const fields = plainFields(known.fields, view, this.#places, lists);
    const from = {
      message: message.index,
      set: set.set,
      exporter: session.key.source,
      domain: isFixed ? null : session.key.domain,
      templateId: isFixed ? null : template.id,
      fields: isFixed ? fields.filter(({ name }) => name !== 'paddingOctets') : fields,
    };
    const { protocol, samplingInterval } = message;
    const late = set.isLate ? { late: true as const } : {};
    if (template.scopeFieldCount > 0) {
      const initTimeMs = this.#initTime(known, view);
      if (initTimeMs !== undefined) session.learnInitTime(initTimeMs);
      return { ...from, startUs: null, endUs: null, protocol, options: true, ...late };
    }
    const base = timeBaseOf(set, this.#initTime(known, view));
    const startUs = this.#time(known.start, view, base) ?? null;
    const endUs = this.#time(known.end, view, base) ?? null;
    if (message.tellsTime) session.clock.record(message, startUs ?? 0, endUs ?? 0, isByInitTime(set));
    const eventUs = this.#time(known.event, view, base);
    const sampling = samplingInterval > 0 ? { samplingInterval } : {};
    return { ...from, startUs, endUs, ...(eventUs === undefined ? {} : { eventUs }), protocol, ...sampling, ...late };
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

  #listsOf(set: ReadSet): ReadList {
    const { session, nowS, offset } = set;
    const context: ListContext = {
      templateOf: (id) => session.templates.get(id, nowS)?.template,
      maxDepth: this.#maxListDepth,
    };
    return (field, view, at, length) => {
      const list = readList(field, view, at, length, context);
      if (list?.fault !== undefined) issueIn(this, set, { code: 'list', offset, detail: list.fault });
      return list;
    };
  }

  #checkPadding(set: ReadSet, offset: number): void {
    const { view, end, known } = set;
    for (let at = offset; at < end; at++) {
      if (view.getUint8(at) === 0) continue;
      const detail = `${end - offset} octets after the last record of Template ${known.template.id} are not zero`;
      return issueIn(this, set, { code: 'padding', offset, detail });
    }
  }
}
