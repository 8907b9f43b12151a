import { VERDICT_MEANINGS, verdictWord, type Verdict } from '../../../verify/detection/verdict.ts';
import { formatCount, formatNumber, formatPercent } from '../../format.ts';
import type { Findings } from '../../report.ts';
import { joined, markup, NONE, type Markup } from '../markup.ts';
import { bullets } from '../table.ts';

type Alert = Findings['unusual'][number];

/** Colours of verdicts. */
const CLASSES: Readonly<Record<Verdict, string>> = { hit: 'good', doubled: 'good', 'false-alarm': 'bad', unlabelled: 'none' };

/** What looked unusual, whether it was, and what nobody noticed. */
export function unusualSection({ unusual, untold }: Findings): Markup {
  return markup`<p>${summary(unusual, untold)}</p>
    ${joined(unusual.map(alertArticle))}
    ${untold.length === 0 ? NONE : missedList(untold)}`;
}

function summary(unusual: readonly Alert[], untold: Findings['untold']): string {
  const of = (truth: Verdict): number => unusual.filter((alert) => alert.truth === truth).length;
  const missed = untold.filter(({ unseen }) => unseen === undefined).length;
  const told =
    unusual.length === 0
      ? 'The collector found nothing unusual'
      : `The collector found ${formatCount(unusual.length, 'thing')} unusual: ${formatCount(of('hit'), 'hit')}, ${formatCount(of('false-alarm'), 'false alarm')}`;
  const further = [
    ...(['doubled', 'unlabelled'] as const).flatMap((truth) =>
      of(truth) > 0 ? [`${formatNumber(of(truth))} ${verdictWord(truth)}`] : [],
    ),
  ];
  const left = missed === 0 ? 'Of the misbehaviour it could have seen it missed none.' : `It missed ${formatNumber(missed)}.`;
  return `${[told, ...further].join(', ')}. ${left}`;
}

function alertArticle({
  site,
  sentence,
  kind,
  confidence,
  evidence,
  innocent,
  next,
  truth,
  trueFromMs,
  firstSeenMs,
  lastSeenMs,
  raisedAtMs,
}: Alert): Markup {
  const times = [
    ...(trueFromMs === undefined ? [] : [`began in truth ${secondText(trueFromMs)}`]),
    `by the router's clock ${secondText(firstSeenMs)} to ${secondText(lastSeenMs)}`,
    `told by the collector's clock ${secondText(raisedAtMs)}`,
  ];
  return markup`<article class="alert">
    <h3>${site === undefined ? '' : `${site}: `}${sentence}</h3>
    <p><strong class="${CLASSES[truth]}">${capitalised(verdictWord(truth))}:</strong> ${VERDICT_MEANINGS[truth]}.
    <small>${kind}, ${formatPercent(100 * confidence)} sure; ${times.join('; ')}.</small></p>
    <div class="columns">
      <div><h4>Evidence</h4>${bullets(evidence)}</div>
      <div><h4>What would be innocent</h4>${bullets(innocent)}</div>
      <div><h4>What to check next</h4>${bullets(next)}</div>
    </div>
  </article>`;
}

function missedList(untold: Findings['untold']): Markup {
  const lines = (events: Findings['untold']): string[] =>
    events.map(({ kind, site, sentence }) => `${site === undefined ? '' : `${site}: `}${kind}: ${sentence}`);
  const [missed, unseen] = [
    untold.filter((event) => event.unseen === undefined),
    untold.filter((event) => event.unseen !== undefined),
  ];
  return markup`${missed.length === 0 ? NONE : markup`<h3>Missed</h3>${bullets(lines(missed))}`}
    ${unseen.length === 0 ? NONE : markup`<h3>What nobody could see</h3>${bullets(lines(unseen))}`}`;
}

const capitalised = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** `2026-03-02 14:03:07`, UTC. */
const secondText = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
