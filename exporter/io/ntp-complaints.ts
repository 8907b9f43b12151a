import { formatEndpoint, type Endpoint } from '../../core/net/endpoint.ts';
import type { SntpOutput } from '../../core/ntp/sntp-client.ts';

/** Why a reply does not count as the server's, where a key is shared with it, and what there may be to put right. */
const UNSIGNED: Readonly<Record<string, string>> = {
  unauthenticated: 'its replies are not signed',
  key: 'it signs with another key',
  mac: 'its secret for that key is another, or its replies were changed on the way',
  'crypto-nak': 'it says that it does not accept our signature',
};

/** What is to be told of a server that keeps no clock: a sentence for each reason, once until it gives a time. */
export class NtpComplaints {
  readonly #server: string;
  readonly #keyId: number | undefined;
  readonly #told = new Set<string>();

  constructor(server: Endpoint, keyId: number | undefined) {
    this.#server = formatEndpoint(server);
    this.#keyId = keyId;
  }

  /** The sentence an output of the client deserves, if it does. */
  about(output: SntpOutput): string | undefined {
    if (output.kind === 'sample') this.#told.clear();
    const sentence = this.#sentence(output);
    if (sentence === undefined || this.#told.has(sentence)) return undefined;
    this.#told.add(sentence);
    return sentence;
  }

  #sentence(output: SntpOutput): string | undefined {
    const signed = this.#keyId === undefined ? '' : ` signed with key ${this.#keyId}`;
    if (output.kind === 'unreachable') {
      const hint = signed === '' ? '' : ': it may not have that key, or another secret for it';
      return `the NTP server ${this.#server} has not answered eight requests${signed}${hint}; it is asked less often now`;
    }
    const why = output.kind === 'rejected' && signed !== '' ? UNSIGNED[output.reason] : undefined;
    return why === undefined ? undefined : `the NTP server ${this.#server} is not believed by key ${this.#keyId}: ${why}`;
  }
}
