/** A packet as the capture holds it, its link-layer header first. One is filled again and again, so that none is allocated. */
export class CapturedFrame {
  /** Holds the frame from `begin` to `end`; the reader's own memory. */
  octets: Uint8Array = new Uint8Array(0);
  begin = 0;
  end = 0;
  /** Octets the frame had on the wire; more than `end - begin` when the capture kept only its beginning. */
  originalLength = 0;
  /** What the frame begins with: https://www.tcpdump.org/linktypes.html. */
  linkType = 0;
  /** When it was captured: whole seconds since 1970, and nanoseconds of that second. */
  timeS = 0;
  timeNs = 0;
}

/** What can be wrong with a capture, as a code. */
export type CaptureMistake =
  /** It begins with neither format's magic number. */
  | 'not-a-capture'
  /** A record or block is longer than the limit or shorter than its own header: nothing behind it can be found. */
  | 'bad-length'
  /** A pcapng block whose two lengths differ; the first is believed. */
  | 'lengths-differ'
  /** A packet that says it is longer than the block that holds it. */
  | 'packet-overruns-block'
  /** A packet of an interface that was not described, or more interfaces than the limit. */
  | 'unknown-interface'
  /** It ends within a record. */
  | 'cut-short';

/** The mistakes of one capture: how many of each kind, and the octet of the stream at which the first was seen. */
export class CaptureMistakes {
  readonly byCode = new Map<CaptureMistake, { count: number; readonly firstAt: number }>();

  add(code: CaptureMistake, at: number): void {
    const known = this.byCode.get(code);
    if (known === undefined) this.byCode.set(code, { count: 1, firstAt: at });
    else known.count++;
  }
}
