/** Why a client would not have a reply, and the field of the packet that was to blame, where it is one. */
interface Rejection {
  readonly words: string;
  readonly field?: string;
}

const FLAGS = 'LI, VN, Mode';

/** By the reason the client gives: RFC 5905 sections 8, 9.2 and A.5, RFC 4330 section 5. */
const REJECTIONS: Readonly<Record<string, Rejection>> = {
  short: { words: 'it has no whole header' },
  'crypto-nak': { words: 'the server says that the MAC of the request was wrong', field: 'Key Identifier' },
  trailer: { words: 'what follows its header is neither extension fields nor a MAC' },
  authenticated: { words: 'it has a MAC although the request had none', field: 'Key Identifier' },
  unauthenticated: { words: 'it has no MAC although the request had one' },
  key: { words: 'it is signed with another key than the request', field: 'Key Identifier' },
  mac: { words: 'its digest is not that of the key: it was forged or damaged', field: 'Digest' },
  mode: { words: 'it is not of a server', field: FLAGS },
  version: { words: 'it is of another version than the request', field: FLAGS },
  late: { words: 'it came more than 2 s after the request, or after the next one' },
  duplicate: { words: 'its request had been answered already', field: 'Origin Timestamp' },
  origin: { words: 'it gives back what the client never sent: it was forged or damaged', field: 'Origin Timestamp' },
  replayed: {
    words: 'it has the transmit timestamp of the reply before: it was replayed, or the server’s clock stands still',
    field: 'Transmit Timestamp',
  },
  'zero-timestamp': { words: 'there is no time in it', field: 'Transmit Timestamp' },
  unsynchronised: { words: 'the server says that its clock is not synchronised', field: FLAGS },
  stratum: { words: 'no clock that is set has this stratum', field: 'Stratum' },
  'root-distance': { words: 'half of its root delay and its root dispersion are 16 s or more', field: 'Root Dispersion' },
  'reference-in-the-future': { words: 'its clock was set after it was read', field: 'Reference Timestamp' },
  'transmit-before-receive': { words: 'it left before its request arrived', field: 'Transmit Timestamp' },
  'server-time': { words: 'the server kept the request for more than 4 s', field: 'Transmit Timestamp' },
  'negative-delay': { words: 'the packets would have been under way for less than no time' },
  distance: { words: 'its time may be off by more than a second', field: 'Root Dispersion' },
  loop: { words: 'the server is set by this very client', field: 'Reference ID' },
  outlier: { words: 'its offset is too far from what the replies before let expect; the server is asked again soon' },
  panic: { words: 'it says that a clock which was set once is off by more than 1000 s' },
  source: { words: 'it came from somebody who had not been asked' },
};

const ACCEPTED: Readonly<Record<string, string>> = {
  step: 'accepted it: the clock was set at once (a step)',
  slew: 'accepted it: the clock is brought there slowly, by running a little faster or slower (a slew)',
  none: 'accepted it as a sample and did nothing about it: no majority of servers yet, or its server is not part of it',
};

const OBEYED: Readonly<Record<string, string>> = {
  RATE: 'the client asks less often from now on',
  DENY: 'the client does not ask this server again',
  RSTR: 'the client does not ask this server again',
};
const KISS = 'kiss-';

export const isAccepted = (outcome: string): boolean => Object.hasOwn(ACCEPTED, outcome);

/** What a client did about a reply: `dropped it: its request had been answered already`. */
export function outcomeWords(outcome: string): string {
  if (Object.hasOwn(ACCEPTED, outcome)) return ACCEPTED[outcome] as string;
  if (outcome.startsWith(KISS)) {
    const code = outcome.slice(KISS.length);
    return `did not use it: it is a kiss-o’-death with the code ${code || 'of nothing'}; ${OBEYED[code] ?? 'nothing more is done about it'}`;
  }
  return `dropped it: ${REJECTIONS[outcome]?.words ?? outcome}`;
}

/** What is wrong with a field of a reply that was dropped; `undefined` when it is not the one. */
export function faultOf(outcome: string, field: string): string | undefined {
  if (outcome.startsWith(KISS))
    return field === 'Reference ID' ? 'there is no time in the packet, but why there is none' : undefined;
  const rejection = Object.hasOwn(REJECTIONS, outcome) ? REJECTIONS[outcome] : undefined;
  return rejection?.field === field ? rejection.words : undefined;
}
