import type { AlertTruth, TrueEventView } from '../../../api/view/alert-view.ts';
import { zone } from '../../state/status.ts';
import { formatCount, formatMinute, formatOctets } from '../../text/format.ts';

/** What people and devices did, as words that go on after who it was. */
const DEEDS: Readonly<Record<string, string>> = {
  'port-scan': 'scan ports',
  'host-scan': 'scan hosts',
  'brute-force': 'guess passwords',
  beacon: 'call home again and again',
  'dns-tunnel': 'tunnel through DNS',
  exfiltration: 'send data out',
  mining: 'mine',
  'file-sharing': 'share files',
  'inbound-scan': 'scan the office',
  'syn-flood': 'flood the office',
  'unknown-device': 'use the network without being in the inventory',
  'port-exhaustion': 'run out of public ports',
};

const deedOf = ({ kind, who, fromMs }: TrueEventView): string =>
  `the scenario made ${who} ${DEEDS[kind] ?? kind} at ${formatMinute(fromMs, zone.value)}`;

const SIGNS: Readonly<Record<AlertTruth['verdict'], string>> = { hit: '✓', doubled: '✓', 'false-alarm': '✗', unlabelled: '?' };

/** What the truth says of an alert, by the ledger. */
export const AlertVerdict = ({ truth: { verdict, meaning, event } }: { readonly truth: AlertTruth }) => (
  <Verdict
    sign={SIGNS[verdict]}
    word={verdict.replace('-', ' ')}
    kind={verdict}
    of={event === undefined ? meaning : deedOf(event)}
  />
);

interface VerdictProperties {
  readonly sign: string;
  readonly word: string;
  readonly kind: AlertTruth['verdict'] | 'missed';
  readonly of: string;
}

const Verdict = ({ sign, word, kind, of }: VerdictProperties) => (
  <span class={`verdict ${kind}`}>
    <span aria-hidden="true">{sign}</span> <b>{word}</b>: {of}
  </span>
);

/** What happened and no alert is about. */
export function Missed({ events }: { readonly events: readonly TrueEventView[] }) {
  if (events.length === 0) return null;
  return (
    <section class="missed" aria-label="What was missed">
      <h3>Happened and was not told</h3>
      <ul>
        {events.map((event) => (
          <li key={`${event.kind} ${event.who} ${event.fromMs}`}>
            <Verdict
              sign="✗"
              word={event.unseen === undefined ? 'missed' : 'could not be seen'}
              kind="missed"
              of={deedOf(event)}
            />
            <span class="alert-about">
              {formatCount(event.flows)} connections, {formatOctets(event.octets)}
              {event.unseen !== undefined && `; ${event.unseen}`}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
