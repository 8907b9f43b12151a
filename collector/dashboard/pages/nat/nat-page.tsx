import { useSignal } from '@preact/signals';
import type { MappingView, NatView, PoolView, TalkerView } from '../../../api/view/nat-view.ts';
import { useTopic } from '../../live/use-topic.ts';
import { Chips } from '../../parts/chips.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Notes, Panel, Shown } from '../../parts/states.tsx';
import { SureNumber } from '../../parts/sure-mark.tsx';
import { Term } from '../../parts/term.tsx';
import { linkTo } from '../../state/route.ts';
import { audience } from '../../state/settings.ts';
import { zone } from '../../state/status.ts';
import { formatCount, formatDuration, formatEndpoint, formatOctets, formatTime } from '../../text/format.ts';
import { Way } from './way.tsx';
import './nat.css';

const MS_PER_S = 1_000;

export default function NatPage() {
  const topic = useTopic<NatView>('nat');
  const chosen = useSignal<string | undefined>(undefined);
  return (
    <Shown topic={topic} title="NAT">
      {(view) => {
        const mapping = view.mappings.find((one) => keyOf(one) === chosen.value) ?? view.mappings[0];
        return (
          <div class="stack">
            <h1 class="visually-hidden">NAT</h1>
            <Panel
              title="A packet's way"
              note={
                <>
                  The router is a switchboard: many extensions, one public number (<Term name="NAT">NAT</Term>).
                </>
              }
            >
              {mapping === undefined ? <p class="soft">Nobody has anything open at the moment.</p> : <Way mapping={mapping} />}
            </Panel>
            <Sides inside={view.inside} outside={view.outside} />
            <Panel title="Mappings" note={countOf(view)}>
              <Mappings mappings={view.mappings} onChoose={(one) => (chosen.value = keyOf(one))} />
            </Panel>
            <Panel title="Ports in use" note="Each square is 1,024 ports of the public address.">
              {view.pools.map((pool) => (
                <Pool key={`${pool.protocol} ${pool.publicAddress}`} pool={pool} />
              ))}
            </Panel>
            {view.events.length > 0 && <Events view={view} />}
            <Notes notes={view.notes} />
          </div>
        );
      }}
    </Shown>
  );
}

const keyOf = ({ protocol, insideAddress, insidePort, publicPort }: MappingView): string =>
  `${protocol} ${insideAddress}:${insidePort} ${publicPort}`;

function countOf({ mappings, mappingCount }: NatView): string {
  const all = `${formatCount(mappingCount)} ${mappingCount === 1 ? 'is' : 'are'} open`;
  return mappings.length < mappingCount ? `${all}; the ${formatCount(mappings.length)} used last are listed.` : `${all}.`;
}

const SIDES = ['look from inside', 'look from the internet'] as const;

/** The same traffic as it is called inside, and as the internet sees it. */
function Sides({ inside, outside }: Pick<NatView, 'inside' | 'outside'>) {
  const side = useSignal<(typeof SIDES)[number]>(SIDES[0]);
  const isOutside = side.value === SIDES[1];
  const talkers = isOutside ? outside : inside;
  const largest = Math.max(1, ...talkers.map(({ octets }) => octets));
  return (
    <Panel
      title={isOutside ? 'Who talks, as the internet sees it' : 'Who talks, as the office sees it'}
      note="The same octets either way."
    >
      <Chips label="Looked at from" values={SIDES} chosen={side.value} onChoose={(one) => (side.value = one)} />
      <ul class="talkers">
        {talkers.map((talker) => (
          <Talker key={talker.name} talker={talker} largest={largest} isPerson={!isOutside} />
        ))}
      </ul>
    </Panel>
  );
}

function Talker({ talker: { name, octets }, largest, isPerson }: { talker: TalkerView; largest: number; isPerson: boolean }) {
  return (
    <li>
      {isPerson ? <a href={linkTo('person', { id: name })}>{name}</a> : <span class="mono">{name}</span>}
      <span class="talker-bar" aria-hidden="true">
        <span style={{ width: `${(100 * octets) / largest}%` }} />
      </span>
      <span class="number">{formatOctets(octets)}</span>
    </li>
  );
}

function Mappings({ mappings, onChoose }: { mappings: readonly MappingView[]; onChoose: (mapping: MappingView) => void }) {
  const isEngineer = audience.value === 'engineer';
  return (
    <DataTable
      caption="Mappings, the one used last first"
      columns={[
        { title: 'who' },
        ...(isEngineer ? [{ title: 'inside' }] : []),
        { title: 'outside' },
        { title: 'to' },
        { title: 'open for', isNumber: true },
        { title: 'closes in', isNumber: true },
        { title: 'in', isNumber: true },
        { title: 'out', isNumber: true },
        { title: '' },
      ]}
      rows={mappings.map((mapping) => ({
        key: keyOf(mapping),
        cells: [
          mapping.who,
          ...(isEngineer ? [<span class="mono">{formatEndpoint(mapping.insideAddress, mapping.insidePort)}</span>] : []),
          <span class="mono">{`${formatEndpoint(mapping.publicAddress, mapping.publicPort)} ${mapping.protocol}`}</span>,
          <span class="mono">
            {formatEndpoint(mapping.remoteAddress, mapping.remotePort)}
            {mapping.remotes > 1 ? ` and ${mapping.remotes - 1} more` : ''}
          </span>,
          formatDuration(mapping.lastMs - mapping.firstMs),
          <SureNumber of={mapping.expiresInS} format={(seconds) => formatDuration(seconds * MS_PER_S)} />,
          formatOctets(mapping.downOctets),
          formatOctets(mapping.upOctets),
          <button type="button" onClick={() => onChoose(mapping)} aria-label={`show the way of ${mapping.who}'s packets`}>
            show
          </button>,
        ],
      }))}
    />
  );
}

function Pool({ pool: { protocol, publicAddress, usedPorts, endpoints, hosts, usedByRange } }: { readonly pool: PoolView }) {
  const largest = Math.max(1, ...usedByRange);
  return (
    <div class="pool">
      <p>
        {protocol} of <span class="mono">{publicAddress}</span>: <SureNumber of={usedPorts} format={formatCount} /> ports stand
        for {formatCount(endpoints)} programs of {formatCount(hosts)} devices
      </p>
      <svg viewBox="0 0 640 12" role="img" aria-label={`Ports of ${publicAddress} in use, by 1,024`}>
        {usedByRange.map((used, index) => (
          <rect
            key={index}
            x={index * 10}
            y="0"
            width="9"
            height="12"
            class="pool-part"
            style={{ fillOpacity: 0.08 + (0.92 * used) / largest }}
          >
            <title>{`${index * 1_024} to ${index * 1_024 + 1_023}: ${used}`}</title>
          </rect>
        ))}
      </svg>
    </div>
  );
}

function Events({ view: { events } }: { readonly view: NatView }) {
  return (
    <Panel title="What the router told of it" note="Events of RFC 8158, the newest first.">
      <DataTable
        caption="NAT events"
        columns={[{ title: 'when' }, { title: 'what' }, { title: 'who' }, { title: 'inside' }, { title: 'outside' }]}
        rows={events.map(({ atMs, kind, protocol, who, inside, outside }, index) => ({
          key: `${atMs} ${index}`,
          cells: [
            formatTime(atMs, zone.value),
            `${kind} ${protocol}`,
            who,
            <span class="mono">{inside}</span>,
            <span class="mono">{outside}</span>,
          ],
        }))}
      />
    </Panel>
  );
}
