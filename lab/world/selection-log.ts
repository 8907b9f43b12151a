import type { ServerSelection } from '../../core/ntp/sntp-client.ts';
import { NS_PER_S, trueNs, type DurationNs, type TrueNs } from '../../core/time/instant.ts';

/** What a client made of its servers until the end of a run. */
export interface SelectionSummary {
  readonly servers: {
    readonly name: string;
    /** Whether it was followed at the end. */
    readonly selected: boolean;
    /** For how long it was outvoted. */
    readonly falsetickerS: number;
  }[];
  readonly withoutMajorityS: number;
}

/** Whom a client believed, and for how long it did not. */
export class SelectionLog {
  readonly #names: readonly string[];
  readonly #falsetickerNs = new Map<string, DurationNs>();
  #withoutMajorityNs: DurationNs = 0;
  #last: ServerSelection | undefined;
  #since: TrueNs = trueNs(0);

  /** `names`: the servers that are asked. */
  constructor(names: readonly string[]) {
    this.#names = names;
  }

  note(now: TrueNs, selection: ServerSelection): void {
    this.#count(now);
    this.#last = selection;
  }

  summary(end: TrueNs): SelectionSummary {
    this.#count(end);
    return {
      servers: this.#names.map((name) => ({
        name,
        selected: this.#last?.survivors.includes(name) ?? false,
        falsetickerS: (this.#falsetickerNs.get(name) ?? 0) / NS_PER_S,
      })),
      withoutMajorityS: this.#withoutMajorityNs / NS_PER_S,
    };
  }

  /** What was found last held until now. */
  #count(now: TrueNs): void {
    const lasted = now - this.#since;
    this.#since = now;
    if (this.#last === undefined) return;
    const { survivors, falsetickers } = this.#last;
    if (survivors.length === 0) this.#withoutMajorityNs += lasted;
    for (const name of falsetickers) this.#falsetickerNs.set(name, (this.#falsetickerNs.get(name) ?? 0) + lasted);
  }
}
