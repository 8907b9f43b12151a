import type { WireMessage, WireView } from '../../../api/view/wire-view.ts';
import { useTopic } from '../../live/use-topic.ts';
import { allOr, Choice } from '../../parts/choice.tsx';
import { Panel, Shown } from '../../parts/states.tsx';
import { Term } from '../../parts/term.tsx';
import { route, setParameters } from '../../state/route.ts';
import { zone } from '../../state/status.ts';
import { formatCount, formatInstant } from '../../text/format.ts';
import { NEWEST, PageTurner } from './page-turner.tsx';
import { PartsAndOctets } from './parts-and-octets.tsx';

/** Messages, a page of them at a time, and one of them taken apart. */
export function Messages() {
  const { message = '', forget = '', before = '', sender = '' } = route.value.parameters;
  const topic = useTopic<WireView>('wire', { message, forget, before, sender });
  return (
    <Shown topic={topic} title="Wire">
      {({ messages, senders, count, message: opened, turns, end }) => (
        <>
          <Panel title="Messages" note={`${formatCount(count)} seen here so far; the newest first.`}>
            <Senders senders={senders} chosen={sender} />
            <PageTurner turns={turns} items={messages} name="Message" end={end} />
            <MessageList key={turns.here} messages={messages} chosen={message === '' ? opened?.head.index : Number(message)} />
          </Panel>
          {opened !== undefined && <Opened key={opened.head.index} opened={opened} forget={forget} />}
          {opened === undefined && message !== '' && <p class="soft">This Message is not kept any more.</p>}
        </>
      )}
    </Shown>
  );
}

/** Whose Messages are shown, where there are several. */
function Senders({ senders, chosen }: { readonly senders: readonly string[]; readonly chosen: string }) {
  if (senders.length < 2) return null;
  const choose = (sender: string): void => setParameters({ ...NEWEST, sender: sender === '' ? undefined : sender }, false);
  return (
    <div class="wire-filters">
      <Choice label="Sender" value={chosen} options={allOr(senders)} onChoose={choose} />
    </div>
  );
}

const PROTOCOLS: Readonly<Record<string, string>> = {
  ipfix: 'IPFIX',
  'netflow-v1': 'NetFlow v1',
  'netflow-v5': 'NetFlow v5',
  'netflow-v7': 'NetFlow v7',
  'netflow-v9': 'NetFlow v9',
  sflow: 'sFlow',
};

const STATES: Readonly<Record<WireMessage['state'], string>> = {
  decoded: '✓ decoded',
  waiting: '⏳ waits for a Template',
  malformed: '⚠ malformed',
};

function MessageList({ messages, chosen }: { readonly messages: readonly WireMessage[]; readonly chosen: number | undefined }) {
  return (
    <ol class="message-list" tabIndex={0} aria-label="Messages, the newest first">
      {messages.map(({ index, receivedMs, protocol, exporter, sequence, octets, records, templates, state }) => (
        <li key={index}>
          <button
            type="button"
            aria-current={index === chosen ? 'true' : undefined}
            onClick={() => setParameters({ message: String(index) }, false)}
          >
            <span class="mono">{formatInstant(receivedMs, zone.value)}</span>
            <span>
              {records} {records === 1 ? 'record' : 'records'}
              {templates > 0 ? `, ${templates} ${templates === 1 ? 'Template' : 'Templates'}` : ''}
            </span>
            <span class="soft">
              {PROTOCOLS[protocol] ?? protocol} of {exporter}, {formatCount(octets)} octets, sequence {formatCount(sequence)}
            </span>
            <span class={`state ${state}`}>{STATES[state]}</span>
          </button>
        </li>
      ))}
    </ol>
  );
}

/** One Message: its parts as a tree, its octets beside it, linked both ways. */
function Opened({ opened, forget }: { readonly opened: NonNullable<WireView['message']>; readonly forget: string }) {
  const index = String(opened.head.index);
  const used = Object.keys(opened.toldIn);
  const forgotten = forget.split(',').filter((text) => text !== '');
  return (
    <Panel
      title={`Message ${index}`}
      note={
        <>
          Point at a field to see its octets, or at an octet to see what it is. <Term name="Template">What is a Template?</Term>
        </>
      }
    >
      <div class="chips">
        {[...new Set([...used, ...forgotten])].map((id) => {
          const isForgotten = forgotten.includes(id);
          const rest = isForgotten ? forgotten.filter((one) => one !== id) : [...forgotten, id];
          return (
            <button
              key={id}
              type="button"
              aria-pressed={isForgotten}
              onClick={() => setParameters({ forget: rest.length === 0 ? undefined : rest.join(','), message: index }, false)}
            >
              {isForgotten ? `Template ${id} is forgotten` : `forget Template ${id}`}
            </button>
          );
        })}
        {Object.entries(opened.toldIn).map(([id, told]) => (
          <button key={`told ${id}`} type="button" onClick={() => setParameters({ message: String(told) }, false)}>
            Template {id} came in Message {told}
          </button>
        ))}
      </div>
      {opened.sequence !== undefined && <p>{opened.sequence}</p>}
      {Object.entries(opened.reads).map(([id, { newest, count }]) => (
        <div key={id} class="chips" role="group" aria-label={`Messages read by Template ${id}`}>
          <span>
            {count === 0
              ? `Nothing has been read by Template ${id} as it is told here.`
              : `Template ${id} reads ${formatCount(count)}:`}
          </span>
          {newest.map((read) => (
            <button key={read} type="button" onClick={() => setParameters({ message: String(read) }, false)}>
              Message {read}
            </button>
          ))}
        </div>
      ))}
      <PartsAndOctets tree={opened.tree} hex={opened.hex} />
    </Panel>
  );
}
