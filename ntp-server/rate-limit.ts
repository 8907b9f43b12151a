import { NS_PER_S, type TrueNs } from '../core/time/instant.ts';
import type { Random } from '../core/random/random.ts';
import type { RateLimitConfig } from './config.ts';

interface Client {
  /** Replies it may have at once, a fraction of the next one among them. */
  tokens: number;
  lastAt: TrueNs;
}

/** What becomes of a request: a reply, a kiss-o'-death RATE, or nothing. */
export type Verdict = 'pass' | 'kiss' | 'drop';

/**
 * Limits how often each address gets a reply, as chrony's `ratelimit` does: one reply each interval on average, some more in a burst.
 * Beyond that a random few of its requests still get one, so that who forges a client's address cannot cut it off, and as few are
 * told to ask less often. Of too many addresses those are forgotten that have been silent longest:
 * half of them at once, since taking one after the other out of a `Map` makes the way to its next one longer each time.
 */
export class RateLimit {
  readonly #config: RateLimitConfig;
  readonly #random: Random;
  /** Those seen since the last half was forgotten, and before that. */
  #recent = new Map<string, Client>();
  #earlier = new Map<string, Client>();

  constructor(config: RateLimitConfig, random: Random) {
    this.#config = config;
    this.#random = random;
  }

  /** How many addresses are remembered. */
  get size(): number {
    return this.#recent.size + this.#earlier.size;
  }

  judge(now: TrueNs, address: string): Verdict {
    const { leakLog2, kiss } = this.#config;
    const client = this.#client(now, address);
    if (client.tokens >= 1) {
      client.tokens--;
      return 'pass';
    }
    const share = 2 ** -leakLog2;
    if (this.#random.chance(share)) {
      client.tokens = 0;
      return 'pass';
    }
    return kiss && this.#random.chance(share) ? 'kiss' : 'drop';
  }

  #client(now: TrueNs, address: string): Client {
    const { burst, intervalLog2S, maxClients } = this.#config;
    const known = this.#recent.get(address) ?? this.#earlier.get(address);
    const client = known ?? { tokens: burst, lastAt: now };
    client.tokens = Math.min(burst, client.tokens + (now - client.lastAt) / (NS_PER_S * 2 ** intervalLog2S));
    client.lastAt = now;
    if (this.#recent.has(address)) return client;
    this.#earlier.delete(address);
    if (this.#recent.size >= Math.floor(maxClients / 2)) {
      this.#earlier = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(address, client);
    return client;
  }
}
