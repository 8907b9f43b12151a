import type { OverviewView } from '../../../api/view/overview-view.ts';
import { useTopic } from '../../live/use-topic.ts';
import { Shown } from '../../parts/states.tsx';

export default function OverviewPage() {
  const topic = useTopic<OverviewView>('overview');
  return (
    <Shown topic={topic} title="Overview">
      {({ sentences }) => sentences.map((sentence) => <p key={sentence}>{sentence}</p>)}
    </Shown>
  );
}
