import { Chips } from '../../parts/chips.tsx';
import { route, setParameters } from '../../state/route.ts';
import { status } from '../../state/status.ts';
import { Messages } from './messages.tsx';
import { NtpPackets } from './ntp-packets.tsx';
import { NEWEST } from './page-turner.tsx';
import './wire.css';

const SHOWN = ['Messages of exporters', 'NTP packets'] as const;

/** What was sent, octet by octet: Messages of exporters, and in the lab the packets of NTP. */
export default function WirePage() {
  const hasNtp = status.value?.topics.includes('ntp') ?? false;
  const isNtp = hasNtp && route.value.parameters['show'] === 'ntp';
  return (
    <div class="stack">
      <h1 class="visually-hidden">Wire</h1>
      {hasNtp && (
        <Chips
          label="What is shown"
          values={SHOWN}
          chosen={SHOWN[isNtp ? 1 : 0]}
          onChoose={(shown) => setParameters({ ...NEWEST, show: shown === SHOWN[1] ? 'ntp' : undefined })}
        />
      )}
      {isNtp ? <NtpPackets /> : <Messages />}
    </div>
  );
}
