import { useSignal } from '@preact/signals';
import type { PeopleView } from '../../../api/view/people-view.ts';
import type { PersonView } from '../../../api/view/person-view.ts';
import { useTopic } from '../../live/use-topic.ts';
import { PeopleSearch, useRested } from '../../parts/people-search.tsx';
import { EmptyState, Notes, Panel, Shown } from '../../parts/states.tsx';
import { Difference } from '../../parts/difference.tsx';
import { SureNumber } from '../../parts/sure-mark.tsx';
import { linkTo, route, setParameters } from '../../state/route.ts';
import { audience } from '../../state/settings.ts';
import { formatOctets, inEverydayTerms } from '../../text/format.ts';
import { ActivityDetails } from './activity-details.tsx';
import { Colleagues } from './colleagues.tsx';
import { Day } from './day.tsx';
import { Destinations, RawFlows } from './person-tables.tsx';
import { Periods } from './periods.tsx';
import { TrueActivities } from './true-activities.tsx';
import './person.css';

/** One person's day; without one, whom to choose from. */
export default function PersonPage() {
  const { id } = route.value.parameters;
  return id === undefined ? <Choose /> : <Person key={id} id={id} />;
}

const CHOICES = '200';

function Choose() {
  const wanted = useSignal('');
  const topic = useTopic<PeopleView>('people', { find: useRested(wanted.value.trim()), count: CHOICES });
  return (
    <Shown topic={topic} title="Person">
      {({ people, found }) =>
        found === 0 && wanted.value === '' ? (
          <EmptyState title="Nobody yet">No flow has come.</EmptyState>
        ) : (
          <>
            <h1>Whose day?</h1>
            <PeopleSearch wanted={wanted} />
            <ul class="choose">
              {people.map((person) => (
                <li key={person.id}>
                  <a href={linkTo('person', { id: person.id })}>
                    {person.name} <span class="soft">{person.department}</span>
                  </a>
                </li>
              ))}
            </ul>
            {found > people.length && <p class="soft">{found - people.length} more are found by what they are called.</p>}
          </>
        )
      }
    </Shown>
  );
}

function Person({ id }: { readonly id: string }) {
  const topic = useTopic<PersonView>('person', { id });
  return (
    <Shown topic={topic} title={id}>
      {(person) => <PersonDay person={person} />}
    </Shown>
  );
}

function PersonDay({ person }: { readonly person: PersonView }) {
  const { name, totals, activities, destinations, colleagues, others, flows, periods, notes, truth } = person;
  const chosenId = useSignal<string | undefined>(undefined);
  const chosen = activities.find((activity) => activity.id === chosenId.value);
  return (
    <div class="person">
      <Head person={person} />
      <Panel title="The day" note="Bars are activities; choose one to see why it is called so." class="wide">
        <Day activities={activities} chosenId={chosenId} name={name} />
        {chosen !== undefined && <ActivityDetails activity={chosen} hasTruth={truth !== undefined} />}
      </Panel>
      {truth !== undefined && (
        <Panel title="Held against the truth" class="wide">
          <TrueActivities activities={activities} truth={truth} />
        </Panel>
      )}
      <Panel title="Hour by hour">
        <Periods periods={periods} name={name} />
      </Panel>
      <Panel title="Beside the others" note={besideNote(person)}>
        <Colleagues own={totals.octets.value} name={name} colleagues={colleagues} others={others} />
      </Panel>
      <Panel title="Where to" note="The twenty with most octets">
        <Destinations destinations={destinations} />
      </Panel>
      {flows.length > 0 && (
        <Panel title="Raw flows" note="The newest, as the router told them">
          <RawFlows flows={flows} />
        </Panel>
      )}
      <Notes notes={notes} />
    </div>
  );
}

const besideNote = ({ colleagues, others: { count } }: PersonView): string =>
  colleagues.length === count
    ? `${count} people and devices`
    : `${count} people and devices; the ${colleagues.length} who used most are shown`;

/** Who it is, how much in all, and a way to somebody else. */
function Head({ person }: { readonly person: PersonView }) {
  const { name, department, addresses, totals, colleagues, others, truth } = person;
  return (
    <section class="person-head" aria-label="Who">
      <div>
        <h1>{name}</h1>
        <p class="soft">
          {department}
          {audience.value === 'engineer' && <span class="mono"> {addresses.join(', ')}</span>}
        </p>
      </div>
      <dl class="totals">
        <div>
          <dt>came in</dt>
          <dd>
            <SureNumber of={totals.downOctets} format={formatOctets} />
          </dd>
        </div>
        <div>
          <dt>went out</dt>
          <dd>
            <SureNumber of={totals.upOctets} format={formatOctets} />
          </dd>
        </div>
        <div>
          <dt>together</dt>
          <dd>{inEverydayTerms(totals.octets.value)}</dd>
        </div>
        {truth !== undefined && (
          <div class="in-truth">
            <dt>in truth</dt>
            <dd>
              <Difference measured={totals.octets.value} truth={truth.octets} format={formatOctets} />
            </dd>
          </div>
        )}
      </dl>
      <label class="field choose-other">
        <span>Another person</span>
        <select value={person.id} onChange={({ currentTarget }) => setParameters({ id: currentTarget.value })}>
          <option value={person.id}>{name}</option>
          {colleagues.map((colleague) => (
            <option key={colleague.id} value={colleague.id}>
              {colleague.name}
            </option>
          ))}
        </select>
      </label>
      {others.count > colleagues.length && <a href={linkTo('person')}>Find somebody else</a>}
    </section>
  );
}
