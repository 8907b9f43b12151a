import type { CollectingCounters } from '../collecting/counters.ts';
import type { Alert } from '../detect/alert.ts';
import type { Answers } from '../query/answers.ts';
import { oneLine, wordCount, wordOctets } from '../query/wording.ts';
import type { ListenerStats } from './listening.ts';

/** Where the collector listens, a line each; UDP goes without saying. */
export const listeningLines = (listeners: readonly ListenerStats[]): string[] =>
  listeners.map(({ transport, endpoint }) => `listening on ${transport === 'udp' ? '' : `${transport}://`}${endpoint}`);

const PEOPLE_SHOWN = 5;
const ALERTS_SHOWN = 20;

/** One line for whoever watches: what was collected so far and what went wrong with it. */
export function statusLine(counters: CollectingCounters, kernelDrops = 0): string {
  const { flows, octets, natEvents, messages, lost, lostMessages, duplicatedMessages, malformed, withoutTemplate } = counters;
  const { unknownNatEvents } = counters;
  const droppedFlows = counters.droppedFlows + counters.notStoredFlows;
  const droppedNatEvents = counters.droppedNatEvents + counters.notStoredNatEvents;
  const faults = [
    kernelDrops > 0 ? `${wordCount(kernelDrops, 'datagram')} dropped by the kernel` : '',
    lost > 0 ? `${wordCount(lost, 'record')} lost` : '',
    lostMessages > 0 ? `${wordCount(lostMessages, 'Message')} lost` : '',
    duplicatedMessages > 0 ? `${wordCount(duplicatedMessages, 'duplicate')}` : '',
    malformed > 0 ? `${malformed} malformed` : '',
    withoutTemplate > 0 ? `${wordCount(withoutTemplate, 'Data Set')} before the Template` : '',
    unknownNatEvents > 0 ? `${wordCount(unknownNatEvents, 'NAT event')} of a number the profile does not know` : '',
    droppedFlows > 0 ? `${wordCount(droppedFlows, 'flow')} dropped` : '',
    droppedNatEvents > 0 ? `${wordCount(droppedNatEvents, 'NAT event')} dropped` : '',
  ].filter((fault) => fault !== '');
  const events = natEvents > 0 ? ` and ${wordCount(natEvents, 'NAT event')}` : '';
  const volume = `${wordCount(flows, 'flow')} of ${wordOctets(octets)}${events} in ${wordCount(messages, 'Message')}`;
  return faults.length === 0 ? volume : `${volume}; ${faults.join(', ')}`;
}

/** The answers in short, a line each, and what was noticed. */
export function summaryLines({ people, categories }: Answers, alerts: readonly Alert[]): string[] {
  const seen = people.filter(({ octets }) => octets > 0);
  const lines = seen.slice(0, PEOPLE_SHOWN).map(({ sentence, octets }) => `${sentence} (${wordOctets(octets)} in all)`);
  if (seen.length > PEOPLE_SHOWN) lines.push(`and ${seen.length - PEOPLE_SHOWN} more`);
  if (categories.length > 0) {
    lines.push(categories.map(({ category, sharePercent }) => `${category} ${sharePercent.toFixed(1)} %`).join(', '));
  }
  if (alerts.length === 0) lines.push('nothing unusual was seen');
  for (const { sentence, evidence } of alerts.slice(0, ALERTS_SHOWN)) lines.push(`unusual: ${sentence} (${evidence.join('; ')})`);
  if (alerts.length > ALERTS_SHOWN) lines.push(`and ${wordCount(alerts.length - ALERTS_SHOWN, 'other unusual thing')}`);
  // Names come from outside: none of them may move the cursor.
  return lines.map(oneLine);
}
