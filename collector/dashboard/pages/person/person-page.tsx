import type { PersonView } from '../../../api/view/person-view.ts';
import { useTopic } from '../../live/use-topic.ts';
import { Shown } from '../../parts/states.tsx';
import { route } from '../../state/route.ts';

export default function PersonPage() {
  const { id = '' } = route.value.parameters;
  const topic = useTopic<PersonView>('person', { id });
  return (
    <Shown topic={topic} title="Person">
      {({ name }) => <h1>{name}</h1>}
    </Shown>
  );
}
