import type { RecordFate, RecordRow, RecordsView } from '../../../api/view/records-view.ts';
import { useTopic } from '../../live/use-topic.ts';
import { Choice } from '../../parts/choice.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Notes, Panel, Shown } from '../../parts/states.tsx';
import { linkTo, route, setParameters } from '../../state/route.ts';
import { zone } from '../../state/status.ts';
import { formatCount, formatInstant, formatOctets } from '../../text/format.ts';
import { serverWords } from './server-words.ts';

const FATES: Readonly<Record<RecordFate, string>> = {
  lost: '✕ lost',
  doubled: '2× came twice',
  mistimed: '◷ in a wrong five minutes',
};
const CHOICES: Readonly<Record<RecordFate, string>> = {
  lost: 'lost on the way',
  doubled: 'came twice',
  mistimed: 'told in a wrong five minutes',
};

/** Records, fifty at a time, of one person or all, of one fate or whatever is stored. */
export function RecordList() {
  const { who = '', fate = '', before = '' } = route.value.parameters;
  const topic = useTopic<RecordsView>('records', { who, fate, before });
  // Another choice begins with its newest.
  const choose = (change: Record<string, string>): void =>
    setParameters(
      { ...Object.fromEntries(Object.entries(change).map(([name, value]) => [name, value || undefined])), before: undefined },
      false,
    );
  return (
    <Shown topic={topic} title="Records">
      {({ records, fates, people, next, notes }) => (
        <Panel title="Records" note="The newest first. One can be followed through its whole life." class="records">
          <div class="record-filters">
            <Choice
              label="Person"
              value={who}
              options={{ '': 'everybody', ...Object.fromEntries(people.map(({ id, name }) => [id, name])) }}
              onChoose={(id) => choose({ who: id })}
            />
            {fates.length > 0 && (
              <Choice
                label="What became of them"
                value={fate}
                options={{ '': 'stored', ...Object.fromEntries(fates.map((one) => [one, CHOICES[one]])) }}
                onChoose={(one) => choose({ fate: one })}
              />
            )}
          </div>
          <Notes notes={notes} />
          {records.length === 0 ? <p class="soft">There are none.</p> : <Table records={records} />}
          <div class="record-pages">
            {before !== '' && (
              <button type="button" onClick={() => choose({})}>
                Newest
              </button>
            )}
            {next !== undefined && (
              <button type="button" onClick={() => setParameters({ before: next }, false)}>
                Older
              </button>
            )}
          </div>
        </Panel>
      )}
    </Shown>
  );
}

function Table({ records }: { readonly records: readonly RecordRow[] }) {
  const { parameters } = route.value;
  return (
    <DataTable
      caption="Records"
      columns={[
        { title: 'Record' },
        { title: 'Began' },
        { title: 'Person' },
        { title: 'Way' },
        { title: 'Server' },
        { title: 'Packets', isNumber: true },
        { title: 'Octets', isNumber: true },
        { title: 'What became of it' },
      ]}
      rows={records.map((record) => {
        const { id, startMs, personId, person, direction, packets, octets, fates } = record;
        return {
          key: id,
          cells: [
            <a
              href={linkTo('pipeline', { ...parameters, record: id })}
              aria-current={parameters['record'] === id ? 'true' : undefined}
            >
              {id}
            </a>,
            formatInstant(startMs, zone.value),
            <a href={linkTo('person', { id: personId })}>{person}</a>,
            direction === 'up' ? 'out' : 'in',
            serverWords(record),
            formatCount(packets),
            formatOctets(octets),
            fates.length === 0 ? '✓ stored' : fates.map((fate) => FATES[fate]).join(', '),
          ],
        };
      })}
    />
  );
}
