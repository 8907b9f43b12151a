import type { IpfixIssue } from '../../core/ipfix/message-reader.ts';
import type { Datagram } from './datagram.ts';
import type { ExportProtocol } from './export-protocol.ts';
import type { MessageContext } from './message-context.ts';
import type { SessionRules } from './session-limits.ts';
import type { SessionTable } from './session-table.ts';
import type { Session } from './session.ts';
import type { KnownTemplate, SetDecoder } from './set-decoder.ts';

/** What reading the Messages of any protocol needs. */
export interface MessageParts<Known extends KnownTemplate> {
  readonly rules: SessionRules;
  readonly sessions: SessionTable<Known>;
  readonly decoder: SetDecoder<Known>;
}

/** What a datagram says of itself. */
interface DatagramHead {
  readonly protocol: ExportProtocol;
  readonly domain: number;
  /** 0 where the protocol has none. */
  readonly sequenceNumber: number;
}

/**
 * Takes account of datagram number `index` of a protocol that is looked through before its session is known: `issues` were found then.
 * `read` reads its records and returns the Message with how many there were; it is not called without a head, nor for a second copy
 * that is not to be read.
 */
export function takeWhole<Known extends KnownTemplate>(
  { rules, sessions, decoder }: MessageParts<Known>,
  datagram: Datagram,
  index: number,
  head: DatagramHead | undefined,
  issues: readonly IpfixIssue[],
  read: (session: Session<Known>) => MessageContext,
): void {
  const { payload, source } = datagram;
  const session = head && sessions.of(head.protocol, head.domain, datagram);
  const isDuplicate = session?.isDuplicate(head?.sequenceNumber ?? 0, viewOf(payload)) === true;
  if (isDuplicate && !rules.readsDuplicates) return;
  for (const issue of issues) decoder.issue(issue, { index, source, session });
  if (session === undefined) return;
  const message = read(session);
  session.countRecords(message.counted);
  if (!isDuplicate) session.settle(message, payload.length);
}

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array): DataView => new DataView(buffer, byteOffset, byteLength);
