import { PROTOCOL_TCP } from '../../../core/net/packet-train.ts';
import type { Random } from '../../../core/random/random.ts';
import { NS_PER_S, trueNs, type TrueNs } from '../../../core/time/instant.ts';
import type { Host } from '../host.ts';
import type { BruteForce } from '../misbehaviour-config.ts';
import { serverAt } from '../internet/server.ts';
import { failLogin } from '../transport/ssh-login.ts';
import type { Activity } from '../wire.ts';

/** OpenSSH hangs up after 6 tries (MaxAuthTries); tools give up sooner and come again. */
const TRIES = 3;

/** Guesses passwords, some over each connection; from 20 connections on flow monitors speak of an attack (Flowmon ADS, SSHDICT). */
export function* guessPasswords(host: Host, at: TrueNs, attack: BruteForce, activity: number, random: Random): Activity {
  const server = serverAt(attack.target, PROTOCOL_TCP, 22, '');
  const gapNs = (60 * NS_PER_S) / attack.perMinute;
  for (let attempt = 0; attempt < attack.attempts; attempt++) {
    const now = trueNs(Math.round(at + (attempt + (attempt === 0 ? 0 : random.uniform(0, 0.2))) * gapNs));
    yield now;
    failLogin(host, now, server, activity, TRIES);
  }
}
