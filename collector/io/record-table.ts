import type { PlainField } from '../../core/ipfix/plain-field.ts';
import { protocolName } from '../../core/net/protocol-name.ts';
import { oneLine, wordCount } from '../query/wording.ts';
import type { ReadRecord } from '../reading/record.ts';
import type { InputCounts, ReadingSummary } from '../reading/summary.ts';

/** Names of elements that tell the same, the one to believe first. */
const COLUMNS = {
  sourcePort: ['sourceTransportPort', 'udpSourcePort', 'tcpSourcePort'],
  destinationPort: ['destinationTransportPort', 'udpDestinationPort', 'tcpDestinationPort'],
  protocol: ['protocolIdentifier'],
  packets: ['packetDeltaCount', 'packetTotalCount', 'initiatorPackets'],
  octets: ['octetDeltaCount', 'octetTotalCount', 'initiatorOctets'],
} as const;

export const TABLE_HEAD = row('START (UTC)', 'SECONDS', 'FROM', 'TO', 'PROTOCOL', 'PACKETS', 'OCTETS', 'EXPORTER', 'TEMPLATE');

/** A record as a line: a Flow in columns, all else as what it says. */
export function tableLine(record: ReadRecord): string {
  const { fields, startUs, endUs, eventUs, exporter, domain, templateId, protocol } = record;
  const place = `${exporter || 'file'}${domain === null ? '' : `/${domain}`}`;
  const template = templateId === null ? protocol : String(templateId);
  const source = endpoint(fields, 'source', 'sourcePort');
  if (source === '' || record.options === true) {
    const kind = record.options === true ? 'options' : 'record';
    return oneLine(`${kind} of ${place}, ${template}: ${fields.map(({ name, value }) => `${name} ${value}`).join(', ')}`);
  }
  const number = valueOf(fields, 'protocol');
  return oneLine(
    row(
      wordUs(startUs ?? eventUs ?? endUs),
      startUs === null || endUs === null ? '' : ((endUs - startUs) / 1e6).toFixed(3),
      source,
      endpoint(fields, 'destination', 'destinationPort'),
      protocolName(Number(number)) ?? number,
      valueOf(fields, 'packets'),
      valueOf(fields, 'octets'),
      place,
      template,
    ),
  );
}

/** What was read in all, a line each. */
export function summaryTable(summary: ReadingSummary): string[] {
  const { issues, sessions, input } = summary;
  const count = (name: string): number => Number(summary[name]);
  const lines = [
    `${wordCount(count('records'), 'record')} and ${wordCount(count('optionsRecords'), 'options record')} in ${wordCount(count('messages'), 'Message')}`,
  ];
  if (count('lateRecords') > 0) lines.push(`${wordCount(count('lateRecords'), 'record')} waited for the Template`);
  if (count('noTemplateSets') > 0)
    lines.push(`${wordCount(count('noTemplateSets'), 'Data Set')} came before the Template or without one`);
  lines.push(
    ...NEGLECTED.filter(([name]) => count(name) > 0).map(([name, unit, what]) => `${wordCount(count(name), unit)} ${what}`),
  );
  for (const session of sessions) {
    const faults = (['lost', 'duplicates', 'reordered', 'restarts'] as const).filter((fault) => session[fault] > 0);
    const told = faults.map((fault) => `, ${fault} ${session[fault]}`).join('');
    lines.push(
      `${session.exporter || 'file'}/${session.domain} ${session.protocol}: ${wordCount(session.records, 'record')}${told}`,
    );
    if (session.clock !== null) lines.push(`  ${session.clock}`);
  }
  for (const [code, { count: times, message, offset, detail }] of Object.entries(issues)) {
    lines.push(`${code}, ${wordCount(times, 'time')}, first in Message ${message} at octet ${offset}: ${detail}`);
  }
  lines.push(...inputLines(input));
  return lines.map(oneLine);
}

/** Counters of what was not read as it should have been, their unit and what became of it. */
const NEGLECTED = [
  ['waitingSets', 'Data Set', 'waited in vain'],
  ['droppedSets', 'Data Set', 'could not be kept until the Template came'],
  ['expiredTemplates', 'Template', 'had not been sent again for too long'],
  ['refusedTemplates', 'Template', 'refused'],
  ['evictedSessions', 'session', 'forgotten for want of room'],
] as const;

/** What of the file itself was no record; a file cut short must not look whole. */
function inputLines({ otherFrames, otherPorts, unreadOctets, mistakes, ...fragments }: InputCounts): string[] {
  const lines = Object.entries(mistakes).map(
    ([code, { count, offset }]) => `the file: ${code}, ${wordCount(count, 'time')}, first at octet ${offset}`,
  );
  const incomplete = fragments.fragmentedPacketsWaiting + fragments.fragmentedPacketsGivenUp;
  if (unreadOctets > 0) lines.push(`${wordCount(unreadOctets, 'octet')} of it not read`);
  if (incomplete > 0) lines.push(`${wordCount(incomplete, 'fragmented packet')} not whole`);
  if (otherPorts > 0) lines.push(`${wordCount(otherPorts, 'datagram')} to other ports`);
  if (otherFrames > 0) lines.push(`${wordCount(otherFrames, 'frame')} without UDP`);
  return lines;
}

function valueOf(fields: readonly PlainField[], column: keyof typeof COLUMNS): string {
  for (const name of COLUMNS[column]) {
    const value = valueNamed(fields, name);
    if (value !== undefined) return value;
  }
  return '';
}

function valueNamed(fields: readonly PlainField[], name: string): string | undefined {
  const field = fields.find((candidate) => candidate.name === name);
  return field && String(field.value);
}

function endpoint(
  fields: readonly PlainField[],
  address: 'source' | 'destination',
  port: 'sourcePort' | 'destinationPort',
): string {
  const text = addressOf(fields, address);
  const number = valueOf(fields, port);
  if (text === '' || number === '') return text;
  return text.includes(':') ? `[${text}]:${number}` : `${text}:${number}`;
}

/** Some Templates have an address of each version and leave one of them 0: ipVersion decides, or else which is not. */
function addressOf(fields: readonly PlainField[], end: 'source' | 'destination'): string {
  const ipv4 = valueNamed(fields, `${end}IPv4Address`);
  const ipv6 = valueNamed(fields, `${end}IPv6Address`);
  if (ipv4 === undefined || ipv6 === undefined) return ipv4 ?? ipv6 ?? '';
  const version = valueNamed(fields, 'ipVersion');
  return version === '6' || (version !== '4' && ipv4 === '0.0.0.0') ? ipv6 : ipv4;
}

function wordUs(us: number | null): string {
  const date = new Date((us ?? Number.NaN) / 1e3);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, 23).replace('T', ' ');
}

/** Longer values push the rest to the right: nothing is cut. */
function row(
  start: string,
  seconds: string,
  from: string,
  to: string,
  protocol: string,
  packets: string,
  octets: string,
  ...rest: string[]
): string {
  const left = [start.padEnd(23), seconds.padStart(9), from.padEnd(21), to.padEnd(21), protocol.padEnd(8)];
  return [...left, packets.padStart(8), octets.padStart(11), ...rest].join('  ').trimEnd();
}
