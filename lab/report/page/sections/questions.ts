import { VERDICT_MEANINGS, verdictWord } from '../../../verify/detection/verdict.ts';
import { formatClockError, formatCount, formatDuration, formatNumber, formatOctets, formatPercent } from '../../format.ts';
import type { Report } from '../../report.ts';
import { bucketName } from '../../sections/clocks.ts';
import { joined, markup, type Markup } from '../markup.ts';

interface Question {
  readonly question: string;
  readonly answer: string;
}

/** Questions whose answers stand in this run's own figures, folded away until somebody wants them. */
export function questionsSection(report: Report): Markup {
  const questions = QUESTIONS.map((ask) => ask(report)).filter((question) => question !== undefined);
  return markup`<p>Each can be answered from this page alone. Open an answer when everybody has one; on paper they stay closed.</p>
    <ol class="questions">
      ${joined(questions.map(({ question, answer }) => markup`<li><p>${question}</p><details><summary>Answer</summary><p>${answer}</p></details></li>`))}
    </ol>`;
}

type Ask = (report: Report) => Question | undefined;

const QUESTIONS: readonly Ask[] = [
  whoUsedMost,
  howItKnowsNames,
  averageRate,
  recordsInAMessage,
  howMuchSmaller,
  whatTheClockDoes,
  wrongBuckets,
  howLossIsSeen,
  rightOrFalse,
  whatIsMissed,
  behindOneAddress,
  whatTheNameIsWorth,
];

function whoUsedMost({ people, collected }: Report): Question | undefined {
  const [first, second] = people;
  if (first === undefined || second === undefined || second.octets === 0) return undefined;
  return {
    question: `Who used the line most, and how many times as much as whoever comes second?`,
    answer: `${first.name}: ${formatOctets(first.octets)} of ${formatOctets(collected.octets)}, ${formatPercent(first.sharePercent)}. That is ${(first.octets / second.octets).toFixed(1)} times what ${second.name} used (${formatOctets(second.octets)}).`,
  };
}

function howItKnowsNames({ people }: Report): Question | undefined {
  const known = people.find(({ name, address }) => name !== address);
  if (known === undefined) return undefined;
  return {
    question: `No Flow Record contains the name ${known.name}. How does the collector come to it, and when would it be wrong?`,
    answer: `The records have the address ${known.address}, and the office's inventory says whose that is. It would be wrong if the inventory were, if somebody else used the device, or if an address that changes hands were looked up at a wrong time.`,
  };
}

function averageRate({ collected, simulatedS }: Report): Question | undefined {
  if (collected.octets === 0) return undefined;
  const megabits = (collected.octets * 8) / simulatedS / 1e6;
  return {
    question: `How fast was the line used on average, in Mbit/s? Compare it with the highest part of the chart over time.`,
    answer: `${formatNumber(collected.octets)} octets of 8 bits in ${formatNumber(simulatedS)} s are ${megabits.toFixed(1)} Mbit/s. The busiest moments are many times that: who buys a line by its average has people waiting.`,
  };
}

function recordsInAMessage({ exported }: Report): Question | undefined {
  if (exported.messages === 0) return undefined;
  return {
    question: 'How many Flow Records are in a Message on average, and why not one?',
    answer: `${formatNumber(exported.records)} records in ${formatCount(exported.messages, 'Message')} are ${(exported.records / exported.messages).toFixed(1)} each. Every Message costs a header of its own, those of UDP and IP too; but one that waits for more records makes them late.`,
  };
}

function howMuchSmaller({ exported }: Report): Question | undefined {
  if (exported.records === 0) return undefined;
  return {
    question: 'What does a Flow Record save, and what is lost with it?',
    answer: `One record stands for ${(exported.packets / exported.records).toFixed(0)} packets and ${formatOctets(exported.octets / exported.records)} on average. What was said in them, and when each of them passed between the first and the last, is not there any more.`,
  };
}

function whatTheClockDoes({ clocks }: Report): Question | undefined {
  const { trueErrorBeforeMs } = clocks.router;
  if (Math.abs(trueErrorBeforeMs) < 1_000) return undefined;
  const told = new Date(Date.UTC(2000, 0, 1, 10) + trueErrorBeforeMs).toISOString().slice(11, 19);
  return {
    question: `The router's clock was ${formatClockError(trueErrorBeforeMs)} at the start. A film began at 10:00:00: when does an uncorrected router say that it did?`,
    answer: `At ${told}: every time it tells has the same error. The collector can notice by comparing when records were sent, by the router's clock, with when they came, by its own.`,
  };
}

function wrongBuckets({ damage }: Report): Question | undefined {
  const { withoutNtp, asItWas, octets, bucketS } = damage;
  if (octets === 0 || withoutNtp.wrongBucketOctets === 0) return undefined;
  const share = (wrong: number): string => formatPercent((100 * wrong) / octets);
  return {
    question: `A chart has a bar for every ${formatDuration(bucketS)}. How much of the traffic would stand in a wrong bar without NTP, and how much did?`,
    answer: `Without NTP ${formatOctets(withoutNtp.wrongBucketOctets)} (${share(withoutNtp.wrongBucketOctets)}), as it was ${formatOctets(asItWas.wrongBucketOctets)} (${share(asItWas.wrongBucketOctets)}). Of even traffic it is the error divided by the ${bucketName(bucketS)} bucket, and all of it once the error is as long as the bucket.`,
  };
}

function howLossIsSeen({ lost, exported }: Report): Question | undefined {
  if (lost.trueRecords === 0) {
    return {
      question: 'Nothing was lost on the way. How can a collector know that?',
      answer: `Every Message has a sequence number that counts the Data Records before it. ${formatNumber(exported.messages)} Messages came without a gap.`,
    };
  }
  return {
    question: 'How can a collector count records that it never got?',
    answer: `Every Message has a sequence number that counts the Data Records before it, so a gap is as long as what is missing. It counted ${formatNumber(lost.records)}; in truth ${formatNumber(lost.trueRecords)} were lost${lost.trailingRecords > 0 ? `, ${formatNumber(lost.trailingRecords)} of them at the very end, where no later number shows the gap` : ''}.`,
  };
}

function rightOrFalse({ unusual }: Report): Question | undefined {
  const [alert] = unusual.toSorted((one, other) => one.confidence - other.confidence);
  const innocent = alert?.innocent[0];
  if (alert === undefined || innocent === undefined) return undefined;
  return {
    question: `The least sure alert says: ${alert.sentence}. What could have been innocent about it, and what would you look at before you speak to anybody?`,
    answer: `Innocent would be: ${innocent} First to check: ${alert.next[0] ?? 'the evidence.'} Only who knows the truth can tell: ${verdictWord(alert.truth)}, ${VERDICT_MEANINGS[alert.truth]}.`,
  };
}

function whatIsMissed({ unusual, untold }: Report): Question | undefined {
  if (unusual.length === 0 && untold.length === 0) return undefined;
  // What nobody can judge is neither right nor wrong.
  const judged = unusual.filter(({ truth }) => truth !== 'unlabelled');
  const hits = judged.filter(({ truth }) => truth === 'hit').length;
  const missed = untold.filter(({ unseen }) => unseen === undefined).length;
  const share = (part: number, whole: number): string => (whole === 0 ? 'none of none' : `${part} of ${whole}`);
  return {
    question: 'What were the precision and the recall of the alerts?',
    answer: `Precision is the part of the alerts that is right: ${share(hits, judged.length)}. Recall is the part of the misbehaviour that was told: ${share(hits, hits + missed)}. Whoever tells of everything has a recall of one, and nobody reads it.`,
  };
}

function behindOneAddress({ attribution, people }: Report): Question | undefined {
  if (attribution.asked === 0) return undefined;
  const { right, wrong, unanswered } = attribution.fromFlows;
  return {
    question:
      'From the internet the whole office has a few addresses. What must a complaint from outside tell, so that somebody can be found?',
    answer: `The public address, the port, and the time to the second: ${formatNumber(people.length)} people and devices share the addresses, and a port is given to the next after a while. Asked ${formatNumber(attribution.asked)} times, the records named the right one ${formatNumber(right)} times, somebody else ${formatNumber(wrong)} and nobody ${formatNumber(unanswered)}.`,
  };
}

function whatTheNameIsWorth({ activities }: Report): Question | undefined {
  if (activities.truth === 0) return undefined;
  return {
    question: 'How can a collector call something watching a film without seeing one? How often was it right here?',
    answer: `By what the router calls the application, the name that DNS gave the server, the port, and the form: a film comes in bursts, mostly inwards, for minutes. Of ${formatNumber(activities.truth)} activities it named ${formatNumber(activities.found)} as they were and ${formatNumber(activities.missed)} not so; ${formatNumber(activities.wrong)} it made up.`,
  };
}
