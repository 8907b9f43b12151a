import type { LifeStep, LifeView } from '../../../api/view/life-view.ts';
import { useTopic } from '../../live/use-topic.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Panel, Shown } from '../../parts/states.tsx';
import { linkTo, setParameters } from '../../state/route.ts';
import { zone } from '../../state/status.ts';
import { formatCount, formatInstant, formatOctets, formatSigned } from '../../text/format.ts';
import { serverWords } from './server-words.ts';
import { CLOCKS, Timeline } from './timeline.tsx';

/** One record from its first packet to the store, or to where it was lost. */
export function Life({ id }: { readonly id: string }) {
  const topic = useTopic<LifeView>('life', { record: id });
  const isThis = topic.view?.record.id === id;
  return (
    <Shown topic={isThis ? topic : { ...topic, view: undefined }} title={`Record ${id}`}>
      {({ record, steps, message, isLost }) => (
        <Panel
          title={`Record ${id}`}
          note={isLost ? <strong class="life-lost">✕ lost on the way</strong> : '✓ stored'}
          class="life"
        >
          <p>
            <a href={linkTo('person', { id: record.personId })}>{record.person}</a> {record.direction === 'up' ? 'to' : 'from'}{' '}
            {serverWords(record)}, {record.protocol}: {formatCount(record.packets)} {record.packets === 1 ? 'packet' : 'packets'},{' '}
            {formatOctets(record.octets)}.{' '}
            {message.wire === undefined ? (
              <span class="soft">Its Message is not kept.</span>
            ) : (
              <a href={linkTo('wire', { message: String(message.wire) })}>See its Message, octet by octet</a>
            )}
          </p>
          <p class="soft">
            From {message.exporter}, Observation Domain {message.domain}, sequence number {formatCount(message.sequenceNumber)}
            {message.templateId === undefined ? '' : `, Template ${message.templateId}`}.
          </p>
          <Timeline steps={steps} />
          <Steps steps={steps} />
          <button type="button" onClick={() => setParameters({ record: undefined })}>
            Close
          </button>
        </Panel>
      )}
    </Shown>
  );
}

/** The same in words and figures. Beside what a device shows stands how far that is from the truth. */
function Steps({ steps }: { readonly steps: readonly LifeStep[] }) {
  const clocks = CLOCKS.filter(([clock]) => steps.some((step) => step[clock] !== undefined));
  return (
    <DataTable
      caption="The life of the record, step by step"
      columns={[{ title: '#' }, { title: 'Step' }, ...clocks.map(([, title]) => ({ title })), { title: 'What happened' }]}
      rows={steps.map((step, index) => ({
        key: step.name,
        cells: [
          index + 1,
          step.title,
          ...clocks.map(([clock]) => {
            const atMs = step[clock];
            if (atMs === undefined) return '';
            const offMs = clock === 'truthMs' || step.truthMs === undefined ? undefined : atMs - step.truthMs;
            return (
              <span class="life-instant">
                {formatInstant(atMs, zone.value)} {offMs !== undefined && <span class="soft">{formatSigned(offMs)}</span>}
              </span>
            );
          }),
          step.words,
        ],
      }))}
    />
  );
}
