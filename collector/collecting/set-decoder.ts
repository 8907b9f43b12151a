import { timeFieldsOf, uptimeSince, type TimeBase } from '../../core/ipfix/flow-time.ts';
import type { IpfixIssue } from '../../core/ipfix/message-reader.ts';
import type { Template } from '../../core/ipfix/template.ts';
import type { SFlowHeader, SFlowRecord, SFlowSample } from '../../core/sflow/datagram-reader.ts';
import type { MessageContext } from './message-context.ts';
import type { Session } from './session.ts';

const FLOW_END_SYS_UP_TIME = 21;

/** A Template with all that whoever reads its records wants to know of it. */
export interface KnownTemplate {
  readonly template: Template;
}

/** The records of one Data Set: `view` from `offset` to `end`, without the Set header. */
export interface DataSet<Known extends KnownTemplate> {
  readonly session: Session<Known>;
  readonly message: MessageContext;
  /** Number of the Set in its Message. */
  readonly set: number;
  readonly known: Known;
  readonly view: DataView;
  readonly offset: number;
  readonly end: number;
  /** Octet of the Message the view begins at. */
  readonly viewAt: number;
  /** Whether it waited for its Template, and when that came. */
  readonly isLate: boolean;
  readonly nowS: number;
}

/** A sample of sFlow with its records. */
export interface SampleSet<Known extends KnownTemplate> {
  readonly session: Session<Known>;
  readonly message: MessageContext;
  /** Number of the sample in its datagram. */
  readonly set: number;
  readonly header: SFlowHeader;
  readonly sample: SFlowSample;
  readonly records: readonly SFlowRecord[];
}

/** Where an issue was seen: number of the Message, its sender, and its session when that could be told. */
export interface IssueOrigin<Known extends KnownTemplate> {
  readonly index: number;
  readonly source: string;
  readonly session: Session<Known> | undefined;
}

/** Whoever turns octets into records, in columns or one by one. */
export interface SetDecoder<Known extends KnownTemplate> {
  /** What a Template is known as from now on; `undefined` refuses it. NetFlow v9 has numbers of its own for scopes and beyond 32767. */
  describe(template: Template, isV9: boolean): Known | undefined;
  /** Reads the records of a Set. Returns how many there were; those that are malformed are issues. */
  decode(set: DataSet<Known>): number;
  decodeSample(sample: SampleSet<Known>): void;
  issue(issue: IpfixIssue, origin: IssueOrigin<Known>): void;
}

/** An issue in a Data Set, whose offset is one of its view. */
export function issueIn<Known extends KnownTemplate>(decoder: SetDecoder<Known>, set: DataSet<Known>, issue: IpfixIssue): void {
  const { session, message, viewAt } = set;
  const { code, offset, detail } = issue;
  decoder.issue({ code, offset: viewAt + offset, detail }, { index: message.index, source: session.key.source, session });
}

/** Whether its records tell uptimes that count from systemInitTimeMilliseconds. */
export const isByInitTime = <Known extends KnownTemplate>({ message, session, known }: DataSet<Known>): boolean =>
  message.uptimeMs === undefined &&
  session.initTimeMs !== undefined &&
  timeFieldsOf(known.template.fields, known.template.scopeFieldCount, 'end')[0]?.elementId === FLOW_END_SYS_UP_TIME;

/** In IPFIX uptimes count from systemInitTimeMilliseconds, which options told before if it is not `initTimeMs` of the record itself. */
export function timeBaseOf<Known extends KnownTemplate>(
  { message, session }: Pick<DataSet<Known>, 'message' | 'session'>,
  initTimeMs: number | undefined = session.initTimeMs,
): TimeBase {
  const { exportTimeUs, uptimeMs } = message;
  if (uptimeMs !== undefined || initTimeMs === undefined) return message;
  return { exportTimeUs, uptimeMs: uptimeSince(initTimeMs, exportTimeUs) };
}
