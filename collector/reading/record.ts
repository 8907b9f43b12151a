import type { PlainField } from '../../core/ipfix/plain-field.ts';
import type { SFlowSample } from '../../core/sflow/datagram-reader.ts';
import type { ExportProtocol } from '../collecting/export-protocol.ts';

/** A record as it was read, with where it was: what `--read` shows. */
export interface ReadRecord {
  /** Number of the Message (packet, datagram) in the input, and of the Set in it, both from 0. An sFlow sample counts as a Set. */
  readonly message: number;
  readonly set: number;
  /** Address and port, the port behind the last colon; empty in a file. */
  readonly exporter: string;
  /** Observation Domain, Source ID in NetFlow v9, sub-agent in sFlow; `null` in versions without one. */
  readonly domain: number | null;
  /** `null` in NetFlow v1, v5 and v7; in sFlow the format of the record, `enterprise:format`. */
  readonly templateId: number | string | null;
  /** In the order of the Template. */
  readonly fields: readonly PlainField[];
  /** Microseconds since 1970; `null` when it cannot be known. */
  readonly startUs: number | null;
  readonly endUs: number | null;
  /** When the event was that the record tells of. */
  readonly eventUs?: number;
  readonly protocol: ExportProtocol;
  /** NetFlow v5: one of so many packets was looked at. Counts are as sent, not multiplied. */
  readonly samplingInterval?: number;
  /** Described by an Options Template. */
  readonly options?: true;
  /** It came before its Template and waited for it. */
  readonly late?: true;
  /** Of sFlow: the agent's address, and sample and record as the wire has them. */
  readonly sflow?: {
    readonly agent: string | null;
    readonly sample: SFlowSample;
    readonly record: Readonly<Record<string, unknown>>;
  };
}
