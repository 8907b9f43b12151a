import { formatEndpoint } from '../../core/net/endpoint.ts';
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../../core/net/packet-train.ts';
import { formatStored } from '../../core/net/stored-address.ts';
import type { Attribution, EndpointQuestion, Evidence } from './attribution.ts';
import type { WhoUsed } from './who-used.ts';
import { wordInstant } from './wording.ts';

/** One sentence for each source: `NAT events: John (10.0.0.21:51234, TCP) used 203.0.113.7:40012 at 2026-03-02 14:03:22 UTC, ...`. */
export function whoUsedSentences(question: EndpointQuestion, { fromEvents, fromFlows }: WhoUsed): string[] {
  return [
    `NAT events: ${sentence(question, fromEvents, mappingWords)}`,
    `flow records: ${sentence(question, fromFlows, flowWords)}`,
  ];
}

function sentence(question: EndpointQuestion, answer: Attribution, words: (row: Evidence) => string): string {
  const endpoint = formatEndpoint({ address: formatStored(question.publicAddress), port: question.publicPort });
  const used = `used ${endpoint} at ${wordInstant(question.atMs)}`;
  if (answer.kind !== 'somebody') {
    return `${answer.kind === 'nobody' ? 'nobody' : 'it cannot be known who'} ${used}: ${answer.reason}`;
  }
  const { who, insideAddress, insidePort, protocol, certainty, evidence } = answer;
  const facts = evidence[0] === undefined ? '' : `, ${words(evidence[0])}`;
  // A block of ports tells no inside port and no protocol.
  const inside = insidePort === 0 ? insideAddress : formatEndpoint({ address: insideAddress, port: insidePort });
  const details = [...(who === insideAddress ? [] : [inside]), ...protocolWord(protocol)];
  const host = [who === insideAddress ? inside : who, ...(details.length > 0 ? [`(${details.join(', ')})`] : [])].join(' ');
  return certainty === 'covered'
    ? `${host} ${used}${facts}`
    : `${host} had ${endpoint} last before ${wordInstant(question.atMs)}${facts}`;
}

function mappingWords({ id, fromMs, toMs }: Evidence): string {
  const until = toMs === null ? 'not given back since' : `given back at ${wordInstant(toMs)}`;
  return `theirs from ${wordInstant(fromMs as number)} on and ${until} (event ${id})`;
}

const flowWords = ({ id, remoteAddress, remotePort, fromMs, toMs }: Evidence): string =>
  `with ${formatEndpoint({ address: remoteAddress, port: remotePort })} from ${wordInstant(fromMs as number)} to ${wordInstant(toMs as number)} (flow ${id})`;

function protocolWord(protocol: number): string[] {
  if (protocol === 0) return [];
  if (protocol === PROTOCOL_TCP) return ['TCP'];
  return [protocol === PROTOCOL_UDP ? 'UDP' : `protocol ${protocol}`];
}
