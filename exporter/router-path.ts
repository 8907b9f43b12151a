import { ObservedPacket } from '../core/flow/observed-packet.ts';
import { prefixHas, type IPv4Prefix } from '../core/net/address.ts';
import { isIcmpError, PROTOCOL_ICMP, queryOf } from '../core/net/icmp.ts';
import type { CarriedPacket, PacketView } from '../core/net/packet/packet-view.ts';
import type { Connection } from '../core/net/packet-train.ts';
import { Random } from '../core/random/random.ts';
import { trueNs, type Epoch, type TrueNs } from '../core/time/instant.ts';
import { VirtualClock } from '../core/time/virtual-clock.ts';
import { CaptureCounts } from './capture-counts.ts';
import type { CapturingRouterConfig } from './capture-config.ts';
import type { PacketPath } from './captured-traffic.ts';
import { FragmentTable } from './fragment-table.ts';
import { Router } from './router.ts';
import { capturedConnection, loadSeen, singlePacket, type Captured, type Tuple } from './single-packet.ts';

/** Decides public ports where they are chosen by chance: the same capture gives the same export. */
const CHANCE = 1;

interface Conversation {
  readonly connection: Connection;
  /** What its answers come in by; -1 until it has gone out. */
  publicEndpoint: number;
}

/**
 * Packets captured on the inside of a router, sent through one of ours: what leaves is translated and metered, what comes
 * back must be an answer. Only IPv4 is translated; IPv6 passes as it is. Later fragments are metered with the ports of the first, and those that come
 * before it at its time: they wait for it.
 */
export class RouterPath implements PacketPath {
  readonly counts = new CaptureCounts();
  readonly #router: Router;
  readonly #inside: IPv4Prefix;
  readonly #maxConversations: number;
  readonly #conversations = new Map<string, Conversation>();
  readonly #fragments: FragmentTable<Conversation>;
  readonly #seen = new ObservedPacket();
  #connections = 0;

  constructor(config: CapturingRouterConfig, inside: IPv4Prefix, epoch: Epoch) {
    this.#router = new Router(config, new VirtualClock(), epoch, trueNs(0), new Random(CHANCE));
    this.#inside = inside;
    this.#fragments = new FragmentTable(config.capture, this.counts);
    this.#maxConversations = config.capture.maxConversations;
  }

  get exported(): PacketPath['exported'] {
    return this.#router.exported;
  }

  packet(now: TrueNs, view: PacketView): void {
    if (view.ipVersion === 6) return this.#forwardIPv6(now, view);
    const isUp = prefixHas(this.#inside, view.sourceAddress);
    if (isUp === prefixHas(this.#inside, view.destinationAddress)) return this.counts.pass('not-across');
    if (view.isLaterFragment) {
      const owner = this.#fragments.later(now, packetOf(view), view.octets);
      if (owner !== undefined) this.#forward(now, view, owner, isUp);
      return;
    }
    if (view.protocol === PROTOCOL_ICMP && isIcmpError(view.icmpTypeCode)) return this.#forwardError(now, view, isUp);
    const conversation = this.#conversation(view, isUp);
    if (conversation === undefined) return this.counts.pass('refused');
    this.#forward(now, view, conversation, isUp);
    if (!view.isFragment) return;
    // A router knows where they lead, and where they belong, when it knows the first.
    const held = this.#fragments.first(now, packetOf(view), conversation);
    for (const octets of held)
      this.#forward(now, { octets, tcpFlags: 0, classOfService: view.classOfService }, conversation, isUp);
  }

  nextTimeout(): TrueNs {
    return this.#router.nextTimeout();
  }

  handleTimeout(now: TrueNs): void {
    this.#router.handleTimeout(now);
  }

  flush(now: TrueNs): true {
    this.#fragments.end();
    this.#router.flush(now);
    return true;
  }

  beginSession(now: TrueNs): void {
    this.#router.beginSession(now);
  }

  poll(): Uint8Array | undefined {
    return this.#router.poll();
  }

  /**
   * As it is seen, and past the firewall: it knows addresses by number, and those of strangers may not be given numbers, which are
   * never forgotten (`address-book.ts`).
   */
  #forwardIPv6(now: TrueNs, view: PacketView): void {
    loadSeen(this.#seen, now, view);
    this.#router.forwardSeen(this.#seen);
    this.counts.octets += view.octets;
  }

  #forward(now: TrueNs, packet: Captured, conversation: Conversation, isUp: boolean): void {
    const train = singlePacket(now, packet, conversation.connection, isUp ? 'up' : 'down');
    if (isUp) conversation.publicEndpoint = this.#router.forwardOut(now, train);
    const { publicEndpoint } = conversation;
    const hasPassed = publicEndpoint >= 0 && (isUp || this.#router.forwardIn(now, train, publicEndpoint));
    if (hasPassed) this.counts.octets += packet.octets;
    else this.counts.pass('refused');
  }

  /**
   * An ICMP error goes where the packet it carries came from, and nowhere when that never passed (RFC 5508 REQ-4 and REQ-5). In a
   * capture of the inside the packet is already named as the inside knows it.
   */
  #forwardError(now: TrueNs, view: PacketView, isUp: boolean): void {
    const { sourceAddress, destinationAddress, icmpTypeCode, carried } = view;
    const cause = view.showsCarried ? this.#conversations.get(keyOf(tupleOf(carried, !isUp))) : undefined;
    // Translation gives the error the address of whoever sent the packet it carries; from the inside a router there may send it.
    if (cause === undefined || (!isUp && destinationAddress !== carried.sourceAddress)) return this.counts.pass('refused');
    const [insideAddress, serverAddress] = isUp ? [sourceAddress, destinationAddress] : [destinationAddress, sourceAddress];
    const [insidePort, serverPort] = isUp ? [0, icmpTypeCode] : [icmpTypeCode, 0];
    const tuple = { protocol: PROTOCOL_ICMP, insideAddress, insidePort, serverAddress, serverPort };
    const connection = capturedConnection(this.#connections++, tuple, cause.connection);
    this.#forward(now, view, { connection, publicEndpoint: cause.publicEndpoint }, isUp);
  }

  /** What the packet belongs to; the inside alone begins something, so that strangers make nothing forgotten. */
  #conversation(view: PacketView, isUp: boolean): Conversation | undefined {
    const tuple = tupleOf(view, isUp);
    const key = keyOf(tuple);
    let conversation = this.#conversations.get(key);
    if (conversation === undefined && isUp) {
      if (this.#conversations.size === this.#maxConversations) this.#forgetFirst();
      conversation = { connection: capturedConnection(this.#connections++, tuple), publicEndpoint: -1 };
      this.#conversations.set(key, conversation);
    }
    return conversation;
  }

  #forgetFirst(): void {
    this.counts.forgottenConversations++;
    for (const key of this.#conversations.keys()) {
      this.#conversations.delete(key);
      return;
    }
  }
}

/** What the fragments of one IP packet have in common (RFC 791 section 3.2). */
const packetOf = ({ sourceAddress, destinationAddress, protocol, fragmentIdentification }: PacketView): string =>
  `${sourceAddress} ${destinationAddress} ${protocol} ${fragmentIdentification}`;

/** The endpoints of a packet, as a conversation has them. */
function tupleOf(packet: PacketView | CarriedPacket, isUp: boolean): Tuple {
  const { protocol, sourceAddress, sourcePort, destinationAddress, destinationPort, icmpIdentifier } = packet;
  return {
    protocol,
    insideAddress: isUp ? sourceAddress : destinationAddress,
    // The Identifier of an ICMP query takes the place of the inside port (RFC 5508 section 3.1); other protocols have neither.
    insidePort: (isUp ? sourcePort : destinationPort) || icmpIdentifier,
    serverAddress: isUp ? destinationAddress : sourceAddress,
    serverPort: protocol === PROTOCOL_ICMP ? queryOf(packet.icmpTypeCode) : isUp ? destinationPort : sourcePort,
  };
}

const keyOf = ({ protocol, insideAddress, insidePort, serverAddress, serverPort }: Tuple): string =>
  `${protocol} ${insideAddress} ${insidePort} ${serverAddress} ${serverPort}`;
