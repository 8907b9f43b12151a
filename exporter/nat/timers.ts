import { portOfEndpoint } from '../../core/net/endpoint-number.ts';
import { PROTOCOL_ICMP } from '../../core/net/icmp.ts';
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../../core/net/packet-train.ts';
import { NS_PER_S, type DurationNs } from '../../core/time/instant.ts';
import type { NatConfig } from './config.ts';
import type { Session } from './mapping.ts';
import type { TcpState } from './tcp-state.ts';

const DNS_PORT = 53;

/** Seconds a session may be idle. */
interface TimerPreset {
  readonly udp: number;
  /** UDP that was answered; as `udp` when left out. */
  readonly udpStream?: number;
  /** UDP to port 53; as other UDP when left out. */
  readonly dns?: number;
  readonly tcpOpening: number;
  readonly tcp: number;
  readonly tcpHalfClosed: number;
  readonly tcpClosing: number;
  readonly tcpReset: number;
  readonly icmp: number;
  readonly other: number;
  /** Whether packets from outside count as well. */
  readonly inboundRefresh: boolean;
}

export const TIMER_PRESETS = {
  /** RFC 4787 REQ-5 and REQ-6, RFC 5382 REQ-5, RFC 7857 section 2, RFC 5508 REQ-2; VPP has the same. */
  rfc: {
    udp: 300,
    tcpOpening: 240,
    tcp: 7_440,
    tcpHalfClosed: 7_440,
    tcpClosing: 240,
    tcpReset: 240,
    icmp: 60,
    other: 60,
    inboundRefresh: false,
  },
  /** nf_conntrack: syn_sent 120, established 5 days, fin_wait and time_wait 120, close 10. */
  linux: {
    udp: 30,
    udpStream: 120,
    tcpOpening: 120,
    tcp: 432_000,
    tcpHalfClosed: 120,
    tcpClosing: 120,
    tcpReset: 10,
    icmp: 30,
    other: 600,
    inboundRefresh: true,
  },
  /** `ip nat translation`: udp-timeout, dns-timeout, syn-timeout, tcp-timeout, finrst-timeout, icmp-timeout, timeout. */
  'cisco-ios': {
    udp: 300,
    dns: 60,
    tcpOpening: 60,
    tcp: 86_400,
    tcpHalfClosed: 60,
    tcpClosing: 60,
    tcpReset: 60,
    icmp: 60,
    other: 86_400,
    inboundRefresh: true,
  },
} as const satisfies Readonly<Record<string, TimerPreset>>;

/** How long sessions may be idle: the preset, with what the configuration says otherwise. */
export class Timers {
  /** Whether packets from outside keep a session alive too (RFC 4787 REQ-6a). */
  readonly inboundRefresh: boolean;
  readonly #udp: number;
  readonly #udpStream: number;
  readonly #dns: number | undefined;
  readonly #tcp: Readonly<Record<TcpState, number>>;
  readonly #icmp: number;
  readonly #other: number;

  constructor(config: NatConfig) {
    const preset: TimerPreset = TIMER_PRESETS[config.timers];
    this.inboundRefresh = config.inboundRefresh ?? preset.inboundRefresh;
    this.#udp = config.udpTimeoutS ?? preset.udp;
    this.#udpStream = config.udpStreamTimeoutS ?? preset.udpStream ?? this.#udp;
    this.#dns = config.dnsTimeoutS ?? preset.dns;
    const opening = config.tcpOpeningTimeoutS ?? preset.tcpOpening;
    const halfClosed = config.tcpHalfClosedTimeoutS ?? preset.tcpHalfClosed;
    this.#tcp = {
      closed: opening,
      'opened-inside': opening,
      'opened-outside': opening,
      established: config.tcpTimeoutS ?? preset.tcp,
      'fin-inside': halfClosed,
      'fin-outside': halfClosed,
      closing: config.tcpClosingTimeoutS ?? preset.tcpClosing,
      reset: config.tcpResetTimeoutS ?? preset.tcpReset,
    };
    this.#icmp = config.icmpTimeoutS ?? preset.icmp;
    this.#other = config.otherTimeoutS ?? preset.other;
  }

  timeoutNs(session: Session): DurationNs {
    return this.#timeoutS(session) * NS_PER_S;
  }

  #timeoutS({ mapping, remoteEndpoint, tcpState, isAnswered }: Session): number {
    switch (mapping.protocol) {
      case PROTOCOL_TCP:
        return this.#tcp[tcpState];
      case PROTOCOL_UDP:
        if (this.#dns !== undefined && portOfEndpoint(remoteEndpoint) === DNS_PORT) return this.#dns;
        return isAnswered ? this.#udpStream : this.#udp;
      case PROTOCOL_ICMP:
        return this.#icmp;
      default:
        return this.#other;
    }
  }
}
