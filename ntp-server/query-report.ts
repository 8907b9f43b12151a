import type { PeerStatistics } from '../core/ntp/clock-filter.ts';
import type { NtpPacket } from '../core/ntp/packet.ts';
import { referenceIdText } from '../core/ntp/reference-id.ts';
import { rootDistanceNs } from '../core/ntp/reply-check.ts';
import { combine, selectServers } from '../core/ntp/selection.ts';
import { NS_PER_MS, NS_PER_S } from '../core/time/instant.ts';

/** What a server said of this machine's clock, or why it said nothing. */
export type ServerAnswer =
  | ({ readonly kind: 'answered'; readonly server: string; readonly samples: number; readonly asked: number } & PeerStatistics & {
        /** Its last good reply. */
        readonly packet: NtpPacket;
      })
  | { readonly kind: 'failed'; readonly server: string; readonly reason: string };

type Answered = Extract<ServerAnswer, { kind: 'answered' }>;

/** What the servers say together. */
export interface Verdict {
  /** What must be added to this machine's clock; `undefined` when no majority agrees. */
  readonly offsetNs: number | undefined;
  readonly survivors: readonly string[];
  readonly falsetickers: readonly string[];
}

const LEAPS = ['none', 'a second is inserted at the end of the month', 'a second is left out at the end of the month'];

/** Whom of those that answered to believe, and what they say together (RFC 5905 section 11.2). */
export function judge(answers: readonly ServerAnswer[]): Verdict {
  const candidates = answers.filter(isAnswered).map((answer) => ({
    ...answer,
    stratum: answer.packet.stratum,
    rootDistanceNs: distanceNs(answer),
  }));
  const { survivors, falsetickers } = selectServers(candidates);
  return {
    offsetNs: survivors.length === 0 ? undefined : combine(survivors, ({ offsetNs }) => offsetNs),
    survivors: survivors.map(({ server }) => server),
    falsetickers: falsetickers.map(({ server }) => server),
  };
}

/** Three lines on a server that answered. */
export const describeAnswer = (answer: Answered): string => `${answer.server}: ${describeOffset(answer.offsetNs)}
  offset ${milliseconds(answer.offsetNs)} ms, delay ${milliseconds(answer.delayNs)} ms, dispersion ${milliseconds(answer.dispersionNs)} ms, jitter ${milliseconds(answer.jitterNs)} ms, root distance ${milliseconds(distanceNs(answer))} ms
  stratum ${answer.packet.stratum}, reference ${referenceOf(answer.packet)}, leap second ${LEAPS[answer.packet.leap] ?? ''}, ${answer.samples} of ${answer.asked} samples`;

/** A line on what several servers say together. */
export function describeVerdict({ offsetNs, survivors, falsetickers }: Verdict): string {
  if (offsetNs === undefined) return 'no majority: the servers contradict each other, so none can be believed';
  const outvoted = falsetickers.length === 0 ? '' : `; outvoted: ${falsetickers.join(', ')}`;
  return `together: ${describeOffset(offsetNs)} by ${survivors.join(', ')}${outvoted}`;
}

/** All of it for a program to read; milliseconds. */
export function answersAsJson(answers: readonly ServerAnswer[], verdict: Verdict): object {
  const servers = answers.map((answer) => {
    if (!isAnswered(answer)) return { server: answer.server, error: answer.reason };
    const { server, samples, packet } = answer;
    return {
      server,
      offsetMs: answer.offsetNs / NS_PER_MS,
      delayMs: answer.delayNs / NS_PER_MS,
      dispersionMs: answer.dispersionNs / NS_PER_MS,
      jitterMs: answer.jitterNs / NS_PER_MS,
      rootDistanceMs: distanceNs(answer) / NS_PER_MS,
      stratum: packet.stratum,
      referenceId: referenceOf(packet),
      leap: packet.leap,
      samples,
    };
  });
  const { offsetNs, survivors, falsetickers } = verdict;
  return { servers, offsetMs: offsetNs === undefined ? null : offsetNs / NS_PER_MS, survivors, falsetickers };
}

export const isAnswered = (answer: ServerAnswer): answer is Answered => answer.kind === 'answered';

const distanceNs = ({ packet, delayNs, dispersionNs, jitterNs }: Answered): number =>
  rootDistanceNs(packet, delayNs, dispersionNs) + jitterNs;

const describeOffset = (offsetNs: number): string =>
  `this clock is ${Math.abs(offsetNs / NS_PER_S).toFixed(6)} s ${offsetNs < 0 ? 'fast' : 'slow'}`;

const milliseconds = (ns: number): string => (ns / NS_PER_MS).toFixed(3);

/** A name at stratum 1, the address of the server's own server above (RFC 5905 section 7.3). */
const referenceOf = ({ stratum, referenceId }: NtpPacket): string =>
  stratum === 1 ? referenceIdText(referenceId) : [24, 16, 8, 0].map((shift) => (referenceId >>> shift) & 0xff).join('.');
