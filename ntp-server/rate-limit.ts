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
 * told to ask less often. Of too many addresses those are forgotten that have been silent longest.
 */
export class RateLimit {
  readonly #config: RateLimitConfig;
  readonly #random: Random;
  /** The one that was seen longest ago first. */
  readonly #clients = new Map<string, Client>();

  constructor(config: RateLimitConfig, random: Random) {
    this.#config = config;
    this.#random = random;
  }

  /** How many addresses are remembered. */
  get size(): number {
    return this.#clients.size;
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
    const known = this.#clients.get(address);
    if (known === undefined) {
      if (this.#clients.size >= maxClients) this.#clients.delete(this.#clients.keys().next().value as string);
      const client = { tokens: burst, lastAt: now };
      this.#clients.set(address, client);
      return client;
    }
    known.tokens = Math.min(burst, known.tokens + (now - known.lastAt) / (NS_PER_S * 2 ** intervalLog2S));
    known.lastAt = now;
    this.#clients.delete(address);
    this.#clients.set(address, known);
    return known;
  }
}
