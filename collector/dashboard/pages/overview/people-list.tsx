import { useSignal } from '@preact/signals';
import type { PersonRow } from '../../../api/view/overview-view.ts';
import { CategoryBar, InOutBar } from '../../parts/bars.tsx';
import { Difference } from '../../parts/difference.tsx';
import { SureNumber } from '../../parts/sure-mark.tsx';
import { Term } from '../../parts/term.tsx';
import { Panel } from '../../parts/states.tsx';
import { linkTo } from '../../state/route.ts';
import { audience } from '../../state/settings.ts';
import { formatOctets, formatPercent } from '../../text/format.ts';

const AT_FIRST = 12;

/** Everybody, largest first: who, how much, in and out, what for. */
export function PeopleList({ people }: { readonly people: readonly PersonRow[] }) {
  const wanted = useSignal('');
  const isWhole = useSignal(false);
  const sought = wanted.value.trim().toLowerCase();
  const found = people.filter(({ name, department, address }) =>
    `${name} ${department} ${address}`.toLowerCase().includes(sought),
  );
  const shown = isWhole.value ? found : found.slice(0, AT_FIRST);
  const largest = Math.max(0, ...people.map(({ octets, trueOctets = 0 }) => Math.max(octets.value, trueOctets)));
  const hasTruth = people.some(({ trueOctets }) => trueOctets !== undefined);
  return (
    <Panel
      title="Who used the line"
      class="people"
      note={
        <label class="search">
          <span class="visually-hidden">Find a person or department</span>
          <input
            type="text"
            placeholder="Find a person …"
            value={wanted.value}
            onInput={({ currentTarget }) => (wanted.value = currentTarget.value)}
          />
        </label>
      }
    >
      <table class="people-table">
        <Heads hasTruth={hasTruth} />
        <tbody>
          {shown.map((person) => (
            <Row key={person.id} person={person} largest={largest} />
          ))}
        </tbody>
      </table>
      {found.length === 0 && <p class="soft">Nobody is called so.</p>}
      {found.length > AT_FIRST && (
        <button type="button" class="quiet" aria-expanded={isWhole.value} onClick={() => (isWhole.value = !isWhole.value)}>
          {isWhole.value ? `Show the first ${AT_FIRST}` : `Show all ${found.length}`}
        </button>
      )}
    </Panel>
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
