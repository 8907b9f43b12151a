import { PACKET_WORDS } from '../../core/flow/observed-packet.ts';

/**
 * What a slot of the flow table holds, all of it side by side: 32-bit words, among them those of the flow's first packet at the
 * positions `core/flow/observed-packet.ts` names, and floating-point numbers. Instants are nanoseconds of true time.
 */

/** Words behind those of the packet. */
export const FLAGS = PACKET_WORDS;
export const APPLICATION = PACKET_WORDS + 1;
/** Neighbours in a list of timers: a slot + 1, or 0. */
export const NEXT_TIMER = PACKET_WORDS + 2;
export const PREVIOUS_TIMER = PACKET_WORDS + 3;

/** Numbers; those before are the words, two to a number. */
const FIRST_NUMBER = (PACKET_WORDS + 4) / 2;
export const START = FIRST_NUMBER;
export const LAST = FIRST_NUMBER + 1;
export const OCTETS = FIRST_NUMBER + 2;
export const PACKETS = FIRST_NUMBER + 3;
/** The timer that is set, or infinity. The record does not close before it, though packets that came since may have put its close off. */
export const TIMER = FIRST_NUMBER + 4;
/** When the TCP connection was seen to end, or infinity. */
export const ENDED = FIRST_NUMBER + 5;
export const SOURCE_MAC = FIRST_NUMBER + 6;
export const DESTINATION_MAC = FIRST_NUMBER + 7;
export const UNIFLOW_NUMBERS = DESTINATION_MAC + 1;

/** Of a biflow: the last packet of the source, and what came back. */
export const FORWARD_LAST = FIRST_NUMBER + 8;
export const REVERSE_START = FIRST_NUMBER + 9;
export const REVERSE_LAST = FIRST_NUMBER + 10;
export const REVERSE_OCTETS = FIRST_NUMBER + 11;
export const REVERSE_PACKETS = FIRST_NUMBER + 12;
/** A word. */
export const REVERSE_FLAGS = 2 * (FIRST_NUMBER + 13);
export const BIFLOW_NUMBERS = FIRST_NUMBER + 14;

/** Of a permanent cache: the first packet of the flow, and what earlier records counted. */
export const FLOW_START = FIRST_NUMBER + 14;
export const TOTAL_OCTETS = FIRST_NUMBER + 15;
export const TOTAL_PACKETS = FIRST_NUMBER + 16;
export const PERMANENT_NUMBERS = FIRST_NUMBER + 17;
