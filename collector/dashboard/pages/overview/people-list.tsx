import { useSignal, type Signal } from '@preact/signals';
import type { PeopleView, PersonRow } from '../../../api/view/people-view.ts';
import { useTopic } from '../../live/use-topic.ts';
import { CategoryBar, InOutBar } from '../../parts/bars.tsx';
import { Difference } from '../../parts/difference.tsx';
import { PeopleSearch, useRested } from '../../parts/people-search.tsx';
import { SureNumber } from '../../parts/sure-mark.tsx';
import { Term } from '../../parts/term.tsx';
import { Panel } from '../../parts/states.tsx';
import { linkTo } from '../../state/route.ts';
import { audience } from '../../state/settings.ts';
import { formatOctets, formatPercent } from '../../text/format.ts';

const AT_FIRST = 12;
const MORE = 100;

interface PeopleListProperties {
  /** The largest. */
  readonly people: readonly PersonRow[];
  /** Of all. */
  readonly count: number;
}

/** Who used how much, largest first: in and out, what for. Never more rows than the reader asked for. */
export function PeopleList({ people, count }: PeopleListProperties) {
  const wanted = useSignal('');
  const shown = useSignal(AT_FIRST);
  const sought = useRested(wanted.value.trim());
  const isTold = sought === '' && Math.min(shown.value, count) <= people.length;
  const largest = Math.max(0, ...people.map(({ octets, trueOctets = 0 }) => Math.max(octets.value, trueOctets)));
  return (
    <Panel title="Who used the line" class="people" note={<PeopleSearch wanted={wanted} />}>
      {isTold ? (
        <People people={people.slice(0, shown.value)} found={count} largest={largest} shown={shown} />
      ) : (
        <FoundPeople find={sought} shown={shown} largest={largest} />
      )}
    </Panel>
  );
}

/** Those the server finds. */
function FoundPeople({
  find,
  shown,
  largest,
}: {
  readonly find: string;
  readonly shown: Signal<number>;
  readonly largest: number;
}) {
  const { view, problem } = useTopic<PeopleView>('people', { find, count: String(shown.value) });
  if (view === undefined) return <p class="soft">{problem ?? 'Looking …'}</p>;
  return <People people={view.people} found={view.found} largest={largest} shown={shown} />;
}

interface PeopleProperties {
  readonly people: readonly PersonRow[];
  readonly found: number;
  readonly largest: number;
  readonly shown: Signal<number>;
}

function People({ people, found, largest, shown }: PeopleProperties) {
  const left = found - people.length;
  const hasTruth = people.some(({ trueOctets }) => trueOctets !== undefined);
  return (
    <>
      <table class="people-table">
        <Heads hasTruth={hasTruth} />
        <tbody>
          {people.map((person) => (
            <Row key={person.id} person={person} largest={largest} />
          ))}
        </tbody>
      </table>
      {found === 0 && <p class="soft">Nobody is called so.</p>}
      {left > 0 && (
        <button type="button" class="quiet" aria-expanded={shown.value > AT_FIRST} onClick={() => (shown.value += MORE)}>
          {left > MORE ? `Show ${MORE} more of ${left}` : `Show the other ${left}`}
        </button>
      )}
      {shown.value > AT_FIRST && (
        <button type="button" class="quiet" onClick={() => (shown.value = AT_FIRST)}>
          {`Show the first ${AT_FIRST}`}
        </button>
      )}
    </>
  );
}

const Heads = ({ hasTruth }: { readonly hasTruth: boolean }) => (
  <thead>
    <tr>
      <th scope="col">Name</th>
      <th scope="col" class="number">
        Total
      </th>
      {hasTruth && (
        <th scope="col" class="number">
          <Term name="truth">Truth</Term>
        </th>
      )}
      <th scope="col">
        <span class="key-down">in</span> and <span class="key-up">out</span>
      </th>
      <th scope="col" class="what-for">
        What for
      </th>
      <th scope="col" class="number share">
        Share
      </th>
    </tr>
  </thead>
);

function Row({ person, largest }: { readonly person: PersonRow; readonly largest: number }) {
  const { id, name, department, address, octets, trueOctets, downOctets, upOctets, byCategory, sharePercent } = person;
  const about = audience.value === 'engineer' && address !== name ? `${department} ${address}` : department;
  return (
    <tr>
      <td>
        <a href={linkTo('person', { id })}>{name}</a> <span class="soft">{about}</span>
      </td>
      <td class="number">
        <SureNumber of={octets} format={formatOctets} />
      </td>
      {trueOctets !== undefined && (
        <td class="number in-truth">
          <Difference measured={octets.value} truth={trueOctets} format={formatOctets} />
        </td>
      )}
      <td class="bars">
        <InOutBar down={downOctets} up={upOctets} largest={largest} truth={trueOctets} />
      </td>
      <td class="what-for">
        <CategoryBar byCategory={byCategory} />
      </td>
      <td class="number share">{formatPercent(sharePercent)}</td>
    </tr>
  );
}
