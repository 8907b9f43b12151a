import type { NtpPacketView, NtpView } from '../../../api/view/ntp-view.ts';
import { useTopic } from '../../live/use-topic.ts';
import { allOr, Choice } from '../../parts/choice.tsx';
import { Panel, Shown } from '../../parts/states.tsx';
import { Term } from '../../parts/term.tsx';
import { linkTo, route, setParameters } from '../../state/route.ts';
import { zone } from '../../state/status.ts';
import { formatCount, formatInstant, formatSigned } from '../../text/format.ts';
import { ExchangeLadder } from '../clocks/ladder.tsx';
import '../clocks/clocks.css';
import { NEWEST, PageTurner } from './page-turner.tsx';
import { PartsAndOctets } from './parts-and-octets.tsx';

/** NTP packets of all clients, a page of them at a time, and one of them taken apart. */
export function NtpPackets() {
  const { packet = '', replied = '', client = '', server = '', way = '', before = '' } = route.value.parameters;
  const topic = useTopic<NtpView>('ntp', { packet, replied, client, server, way, before });
  return (
    <Shown topic={topic} title="Wire">
      {(view) => (
        <>
          <Panel
            title="NTP packets"
            note={`${formatCount(view.count)} so far, as their clients sent and got them; the newest first.`}
          >
            <Filters view={view} client={client} server={server} way={way} />
            <PageTurner turns={view.turns} items={view.packets} name="Packet" end={view.end} />
            {view.packets.length === 0 ? (
              <p class="soft">There are none of these, or no clock here is kept by NTP.</p>
            ) : (
              <PacketList key={view.turns.here} packets={view.packets} chosen={view.packet?.head.index} />
            )}
          </Panel>
          {view.packet !== undefined && <Opened key={view.packet.head.index} opened={view.packet} />}
          {view.packet === undefined && packet !== '' && <p class="soft">This packet is not kept any more.</p>}
        </>
      )}
    </Shown>
  );
}

const WAYS: Readonly<Record<string, string>> = { '': 'both', request: 'requests', reply: 'replies' };
interface FiltersProperties {
  readonly view: NtpView;
  readonly client: string;
  readonly server: string;
  readonly way: string;
}

function Filters({ view, client, server, way }: FiltersProperties) {
  const choose =
    (name: string) =>
    (value: string): void =>
      setParameters({ ...NEWEST, [name]: value === '' ? undefined : value }, false);
  return (
    <div class="wire-filters">
      <Choice label="Client" value={client} options={allOr(view.clients)} onChoose={choose('client')} />
      <Choice label="Server" value={server} options={allOr(view.servers)} onChoose={choose('server')} />
      <Choice label="Way" value={way} options={WAYS} onChoose={choose('way')} />
    </div>
  );
}

const STATES: Readonly<Record<NtpPacketView['state'], string>> = {
  answered: '✓ answered',
  unanswered: '⏳ no reply',
  accepted: '✓ accepted',
  rejected: '⚠ not used',
  unknown: 'not known',
};

const openPacket = (index: number): void => setParameters({ packet: String(index), replied: undefined }, false);

function PacketList({ packets, chosen }: { readonly packets: readonly NtpPacketView[]; readonly chosen: number | undefined }) {
  return (
    <ol class="message-list" tabIndex={0} aria-label="NTP packets, the newest first">
      {packets.map(({ index, atMs, client, server, way, octets, state, outcome, offsetMs }) => (
        <li key={index}>
          <button type="button" aria-current={index === chosen ? 'true' : undefined} onClick={() => openPacket(index)}>
            <span class="mono">{formatInstant(atMs, zone.value)}</span>
            <span>{way === 'request' ? `${client} → ${server}` : `${client} ← ${server}`}</span>
            <span class="soft">
              {way}, {formatCount(octets)} octets
              {offsetMs === undefined ? '' : `, offset ${formatSigned(offsetMs)}`}
            </span>
            <span class={`state ${state}`}>
              {STATES[state]}
              {outcome === undefined ? '' : ` (${outcome})`}
            </span>
          </button>
        </li>
      ))}
    </ol>
  );
}

/** One packet: its parts as a tree, its octets beside it, and the exchange it belongs to. */
function Opened({ opened }: { readonly opened: NonNullable<NtpView['packet']> }) {
  const { head, hex, tree, verdict, request, replies, exchange } = opened;
  const { index, way, client, server } = head;
  const [from, to] = way === 'request' ? [client, server] : [server, client];
  const others = request === undefined ? replies : [request];
  return (
    <Panel
      title={`${way === 'request' ? 'Request' : 'Reply'} ${index}, ${from} to ${to}`}
      note={
        <>
          Point at a field to see its octets, or at an octet to see what it is. <Term name="NTP">What is NTP?</Term>
        </>
      }
    >
      <p>{verdict}</p>
      <div class="chips">
        {others.map((other) => (
          <button key={other} type="button" onClick={() => openPacket(other)}>
            {way === 'request' ? `Reply ${other} to it` : `It answers request ${other}`}
          </button>
        ))}
      </div>
      <PartsAndOctets tree={tree} hex={hex} />
      {exchange !== undefined && (
        <section class="ladder">
          <h3>The exchange it is part of</h3>
          <ExchangeLadder exchange={exchange} />
          <a href={linkTo('clocks', { exchange: String(exchange.trueT4Ms), of: exchange.device })}>
            See it among the others in Clocks
          </a>
        </section>
      )}
    </Panel>
  );
}
