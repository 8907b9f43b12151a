import { Random } from '../../core/random/random.ts';
import { signed } from '../../core/ntp/symmetric-key.ts';
import { NS_PER_S, trueNs } from '../../core/time/instant.ts';
import { buildNtpServer } from '../../ntp-server/build.ts';
import { servedTimeSchema } from '../../ntp-server/config.ts';
import { keyOf, md5 } from '../../runtime/ntp-keys.ts';
import { EPOCH } from './ask.ts';
import { extensionField, request } from './request-forms.ts';

const KEYS = new Map(
  (['SHA1', 'AES128', 'SHA512'] as const).map((type, index) => [
    index + 1,
    keyOf({ id: index + 1, type, secret: new Uint8Array(16).fill(index) }),
  ]),
);
/** Everything that can happen to a reply, and to who asks. */
const CONFIG = servedTimeSchema.parse({
  rateLimit: { kiss: true, intervalLog2S: -7 },
  deny: ['198.51.100.0/24'],
  denyKiss: true,
  faults: [
    { kind: 'jitter', deviationMs: 1e6, probability: 0.5 },
    { kind: 'wander', ppmPerSqrtS: 10 },
    { kind: 'silence', probability: 0.05 },
    { kind: 'kiss', probability: 0.05 },
    { kind: 'unsynchronised', probability: 0.05 },
    { kind: 'wrong-origin', probability: 0.05 },
    { kind: 'stale-reference', ageS: 1e6, probability: 0.05 },
    { kind: 'falseticker', offsetMs: -1e12, probability: 0.05 },
  ],
});
const GOOD = [request(4, 3), request(1, 0), request(4, 1), request(4, 3, extensionField(28)), request(3, 3)].flatMap(
  (payload) => [payload, ...[...KEYS.values()].map((key) => signed(payload, key, (payload[0]! >> 3) & 7))],
);

export interface HostileRun {
  readonly replies: number;
  /** What a server must not do, as sentences; the first few of them. */
  readonly mistakes: readonly string[];
  readonly counters: Readonly<Record<string, number>>;
}

/** So many datagrams, random ones and good requests that were damaged, through one server; the same seed gives the same. */
export function hostileRun(datagrams: number, seed: number): HostileRun {
  const random = new Random(seed);
  const server = buildNtpServer(CONFIG, { epoch: EPOCH, random: random.fork('server'), md5, keys: KEYS });
  const mistakes: string[] = [];
  let replies = 0;
  for (let index = 0; index < datagrams; index++) {
    const payload = random.chance(0.3) ? noise(random) : damaged(random);
    const address = random.chance(0.5)
      ? '192.0.2.1'
      : random.pick(['198.51.100.7', '::1', 'fe80::1%eth0', 'nobody', `192.0.2.${index % 256}`]);
    const port = random.pick([123, 0, 50_000, 50_000, 50_000, 50_000, 50_000, 50_000]);
    server.handle(trueNs(Math.round((index * NS_PER_S) / 1_000)), { payload, source: { address, port } });
    for (let reply = server.poll(); reply !== undefined; reply = server.poll()) {
      replies++;
      const mode = payload[0]! & 7;
      const fault =
        reply.payload.length > payload.length
          ? 'longer than the request'
          : mode === 2 || mode >= 4
            ? `to a packet of mode ${mode}`
            : undefined;
      if (fault !== undefined && mistakes.length < 5) mistakes.push(`a reply ${fault}: ${Buffer.from(payload).toString('hex')}`);
    }
  }
  return { replies, mistakes, counters: server.counters };
}

const noise = (random: Random): Uint8Array =>
  Uint8Array.from({ length: random.chance(0.1) ? random.int(0, 1_400) : random.int(0, 120) }, () => random.int(0, 255));

function damaged(random: Random): Uint8Array {
  const good = random.pick(GOOD);
  const payload = random.chance(0.2) ? good.slice(0, random.int(0, good.length)) : good.slice();
  if (payload.length > 0)
    for (let hits = random.int(0, 3); hits > 0; hits--) payload[random.int(0, payload.length - 1)] = random.int(0, 255);
  return payload;
}
