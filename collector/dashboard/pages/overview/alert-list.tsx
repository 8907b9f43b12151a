import type { AlertView } from '../../../api/view/alert-view.ts';
import { AlertVerdict } from './alert-truth.tsx';
import { linkTo } from '../../state/route.ts';
import { zone } from '../../state/status.ts';
import { formatDate, formatInstant, formatMinute } from '../../text/format.ts';

/** What an administrator should look at; each opens to all that is known of it. */
export function AlertList({ alerts }: { readonly alerts: readonly AlertView[] }) {
  if (alerts.length === 0) return <p class="soft">Nothing looks unusual.</p>;
  return (
    <ul class="alerts">
      {alerts.map((alert) => (
        <li key={alert.id}>
          <Alert alert={alert} />
        </li>
      ))}
    </ul>
  );
}

function Alert({ alert }: { readonly alert: AlertView }) {
  const { sentence, kind, who, personId, address, exporter, observationDomainId } = alert;
  const { firstSeenMs, confidence, truth, evidence, innocent, next } = alert;
  return (
    <details class="alert">
      <summary>
        <span class="alert-sign" aria-hidden="true">
          !
        </span>
        <span>
          {sentence}
          <span class="alert-about">
            {formatMinute(firstSeenMs, zone.value)} · {kind.replaceAll('-', ' ')}
          </span>
          {truth !== undefined && <AlertVerdict truth={truth} />}
        </span>
      </summary>
      <dl>
        <dt>Who</dt>
        <dd>
          {personId === undefined ? who : <a href={linkTo('person', { id: personId })}>{who}</a>}
          {address !== who && <span class="soft"> {address}</span>}
        </dd>
        <dt>Told by</dt>
        <dd>
          {exporter} <span class="soft">Observation Domain {observationDomainId}</span>
        </dd>
        <dt>When</dt>
        <dd>
          <Times alert={alert} />
        </dd>
        {confidence !== undefined && (
          <>
            <dt>How sure</dt>
            <dd>{Math.round(confidence * 100)} %</dd>
          </>
        )}
        <Sentences title="Evidence" of={evidence} />
        <Sentences title="What would be innocent" of={innocent} />
        <Sentences title="What to check next" of={next} />
      </dl>
    </details>
  );
}

/** When it began by each clock that tells. */
function Times({ alert: { times, firstSeenMs, lastSeenMs, raisedAtMs } }: { readonly alert: AlertView }) {
  const clocks: readonly [string, number | undefined][] = [
    ['in truth', times?.truthMs],
    ["by the router's clock", times?.routerMs ?? firstSeenMs],
    ["by the collector's clock", times?.collectorMs],
    ['last seen, by the router', lastSeenMs],
    ['told, by the collector', raisedAtMs],
  ];
  return (
    <ul>
      {clocks.map(([clock, ms]) =>
        ms === undefined ? null : (
          <li key={clock}>
            <time dateTime={new Date(ms).toISOString()}>{formatInstant(ms, zone.value)}</time>{' '}
            <span class="soft">
              {clock}, {formatDate(ms, zone.value)}
            </span>
          </li>
        ),
      )}
    </ul>
  );
}

function Sentences({ title, of }: { readonly title: string; readonly of: readonly string[] }) {
  if (of.length === 0) return null;
  return (
    <>
      <dt>{title}</dt>
      <dd>
        <ul class="dashes">
          {of.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      </dd>
    </>
  );
}
