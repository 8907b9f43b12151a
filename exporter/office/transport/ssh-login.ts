import type { Random } from '../../../core/random/random.ts';
import { NS_PER_S, type TrueNs } from '../../../core/time/instant.ts';
import type { Host } from '../host.ts';
import type { Server } from '../internet/server.ts';
import { converse } from './dialogue.ts';

/** What either side says before it asks for a password or a key: version, KEXINIT, key exchange, service (RFC 4253). */
const SET_UP = { upPackets: 8, upOctets: 1_750, downPackets: 7, downOctets: 1_950 };
/** A try and its answer, padded (RFC 4252 section 8). */
const TRY_OCTETS = 84;
/** sshd waits before it says no, as pam_faildelay does. */
const FAILURE_DELAY_NS = 2 * NS_PER_S;
const LOGIN_NS = NS_PER_S / 2;

/** Passwords tried in vain, then the connection is given up; all such connections are alike (Jonker 2014). */
export function failLogin(host: Host, at: TrueNs, server: Server, activity: number, tries: number): void {
  converse(host, at, {
    server,
    activity,
    upPackets: SET_UP.upPackets + tries + 1,
    upOctets: SET_UP.upOctets + tries * TRY_OCTETS,
    downPackets: SET_UP.downPackets + tries + 1,
    downOctets: SET_UP.downOctets + tries * TRY_OCTETS,
    lastsNs: LOGIN_NS + tries * FAILURE_DELAY_NS,
  });
}

/** A login by key and some commands: how much there is to say and how long it takes differs every time. */
export function workOverSsh(host: Host, at: TrueNs, server: Server, activity: number, random: Random): void {
  const commands = Math.round(Math.min(400, random.logNormal(25, 0.9)));
  converse(host, at, {
    server,
    activity,
    upPackets: SET_UP.upPackets + 2 + commands,
    upOctets: SET_UP.upOctets + 700 + commands * random.uniform(60, 600),
    downPackets: SET_UP.downPackets + 2 + commands,
    downOctets: SET_UP.downOctets + 150 + commands * random.uniform(80, 900),
    lastsNs: Math.round(LOGIN_NS + commands * random.uniform(0.05, 0.4) * NS_PER_S),
  });
}
