import type { ComponentChildren } from 'preact';
import type { OverviewView } from '../../../api/view/overview-view.ts';
import { SureNumber } from '../../parts/sure-mark.tsx';
import { Term } from '../../parts/term.tsx';
import { clockErrorMs, status } from '../../state/status.ts';
import { isTruthShown } from '../../state/truth.ts';
import { formatClockError, formatCount, formatOctets, formatRate, inEverydayTerms } from '../../text/format.ts';

/** The figures whoever looks for a second wants. */
export function Tiles({ view: { line, peopleOnline, peopleCount, truth } }: { readonly view: OverviewView }) {
  const { records, messages } = status.value ?? {};
  const errorMs = clockErrorMs.value;
  return (
    <ul class="tiles">
      <Tile title="Came in" below={inEverydayTerms(line.downOctets.value)} truth={truth && formatOctets(truth.downOctets)}>
        <SureNumber of={line.downOctets} format={formatOctets} />
      </Tile>
      <Tile title="Went out" below={inEverydayTerms(line.upOctets.value)} truth={truth && formatOctets(truth.upOctets)}>
        <SureNumber of={line.upOctets} format={formatOctets} />
      </Tile>
      <Tile
        title={<Term name="peak">Busiest moment</Term>}
        below="in and out together"
        truth={truth && formatRate(truth.peakBitPerS)}
      >
        <SureNumber of={line.peakBitPerS} format={formatRate} />
      </Tile>
      <Tile title={<Term name="people online">People online</Term>} below={`of ${formatCount(peopleCount)} people and devices`}>
        <SureNumber of={peopleOnline} format={formatCount} />
      </Tile>
      {records !== undefined && (
        <Tile title={<Term name="record">Records</Term>} below={`so far in all, in ${formatCount(messages ?? 0)} messages`}>
          {formatCount(records)}
        </Tile>
      )}
      {errorMs !== undefined && isTruthShown.value && (
        <Tile title="Router's clock" below="in truth">
          {formatClockError(errorMs)}
        </Tile>
      )}
    </ul>
  );
}

interface TileProperties {
  readonly title: ComponentChildren;
  readonly below: string;
  readonly truth?: string | undefined;
  readonly children: ComponentChildren;
}

const Tile = ({ title, below, truth, children }: TileProperties) => (
  <li class="tile">
    <p class="tile-title">{title}</p>
    <p class="tile-value">{children}</p>
    <p class="tile-below">{below}</p>
    {truth !== undefined && <p class="tile-below in-truth">in truth {truth}</p>}
  </li>
);
