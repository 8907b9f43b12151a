import type { NtpPacket } from '../../../core/ntp/packet.ts';
import { referenceIdOf } from '../../../core/ntp/reference-id.ts';

/** A reply of stratum 1 that nothing is wrong with, at these times. */
export const soundReply = (
  times: Pick<NtpPacket, 'referenceTimestamp' | 'originTimestamp' | 'receiveTimestamp' | 'transmitTimestamp'>,
): NtpPacket => ({
  leap: 0,
  version: 4,
  mode: 4,
  stratum: 1,
  poll: 0,
  precision: -20,
  rootDelayS: 0,
  rootDispersionS: 0.001,
  referenceId: referenceIdOf('XLAB'),
  ...times,
});
