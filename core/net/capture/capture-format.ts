import type { CapturedFrame, CaptureMistakes } from './captured-frame.ts';
import type { OctetQueue } from './octet-queue.ts';

/**
 * What one attempt to read came to: a frame; something else that was read and passed by; too few octets so far; or the end,
 * because nothing behind this can be found.
 */
export type Step = 'frame' | 'passed' | 'wait' | 'lost';

/** A capture file format: reads its next record. */
export interface CaptureFormat {
  read(queue: OctetQueue, frame: CapturedFrame, mistakes: CaptureMistakes): Step;
}
