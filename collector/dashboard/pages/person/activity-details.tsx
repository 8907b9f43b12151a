import type { ActivityView } from '../../../api/view/person-view.ts';
import { Term } from '../../parts/term.tsx';
import { zone } from '../../state/status.ts';
import { formatCount, formatDuration, formatOctets, formatTime } from '../../text/format.ts';

/** What one activity is, and why it is called so. */
export function ActivityDetails({ activity, hasTruth }: { readonly activity: ActivityView; readonly hasTruth: boolean }) {
  const { label, category, startMs, endMs, upOctets, downOctets, flows, servers, confidence, why, truth } = activity;
  return (
    <section class="activity-details" aria-live="polite">
      <h3>
        {label} <span class="chip">{category}</span>
      </h3>
      <p>
        {formatTime(startMs, zone.value)} to {formatTime(endMs, zone.value)} ({formatDuration(endMs - startMs)}),{' '}
        {formatOctets(downOctets)} in and {formatOctets(upOctets)} out
        {flows > 0 && (
          <>
            , {formatCount(flows)} <Term name="record">records</Term>
          </>
        )}
      </p>
      <h4>
        Why it is called so (<Term name="confidence">{Math.round(confidence * 100)} %</Term>)
      </h4>
      <ul class="dashes">
        {why.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      {servers.length > 0 && <p class="soft servers">With {servers.join(', ')}</p>}
      {truth !== undefined && (
        <p class="verdict hit">
          <span aria-hidden="true">✓</span> <b>It was so</b>: {truth.label}, {formatTime(truth.startMs, zone.value)} to{' '}
          {formatTime(truth.endMs, zone.value)} ({formatDuration(truth.endMs - truth.startMs)}),{' '}
          {formatOctets(truth.downOctets + truth.upOctets)}
          {truth.isScripted && ', as the scenario has it'}
        </p>
      )}
      {truth === undefined && hasTruth && (
        <p class="verdict false-alarm">
          <span aria-hidden="true">✗</span> <b>It was not so</b>: nothing of the kind took half of this time
        </p>
      )}
    </section>
  );
}
