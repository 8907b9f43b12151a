/** Buckets of equal length, aligned to the UNIX epoch; `phaseNs` is how far the scenario's epoch lies into one. */
export interface Buckets {
  readonly lengthNs: number;
  readonly phaseNs: number;
}

export const bucketsOf = (lengthS: number, epochUnixMs: number): Buckets => ({
  lengthNs: lengthS * 1e9,
  phaseNs: (epochUnixMs % (lengthS * 1_000)) * 1e6,
});

export const bucketAt = ({ lengthNs, phaseNs }: Buckets, ns: number): number => Math.floor((ns + phaseNs) / lengthNs);

/** The last bucket that [.., ns) reaches into. */
export const bucketBefore = ({ lengthNs, phaseNs }: Buckets, ns: number): number => Math.ceil((ns + phaseNs) / lengthNs) - 1;

const borderOf = ({ lengthNs, phaseNs }: Buckets, bucket: number): number => bucket * lengthNs - phaseNs;

/** A part of a record: which of its octets, as shares from 0 to 1 in the order of time, lie in which true bucket. */
export interface Part {
  readonly bucket: number;
  readonly from: number;
  readonly to: number;
}

/** The parts of what lies spread evenly from `start` to `end`; one part when it lies at one instant. */
export function partsOf(buckets: Buckets, start: number, end: number): Part[] {
  const first = bucketAt(buckets, start);
  if (end <= start) return [{ bucket: first, from: 0, to: 1 }];
  const parts: Part[] = [];
  for (let bucket = first, from = 0; from < 1; bucket++) {
    const to = Math.min(1, (borderOf(buckets, bucket + 1) - start) / (end - start));
    parts.push({ bucket, from, to });
    from = to;
  }
  return parts;
}

/** Which share of [part.from, part.to) is told in the part's own bucket, when it is told evenly from `start` to `end`. */
export function shareKept(buckets: Buckets, { bucket, from, to }: Part, start: number, end: number): number {
  if (end === start) return bucketAt(buckets, start) === bucket ? to - from : 0;
  const border = borderOf(buckets, bucket);
  const one = (border - start) / (end - start);
  const other = (border + buckets.lengthNs - start) / (end - start);
  // Told backwards, when the end is before the start, it enters the bucket by its later border.
  return Math.max(0, Math.min(to, Math.max(one, other)) - Math.max(from, Math.min(one, other)));
}

/** Which share of what lies evenly from `start` to `end` is told in another bucket than its own. */
export function movedShare(buckets: Buckets, start: number, end: number, toldStart: number, toldEnd: number): number {
  const first = bucketAt(buckets, start);
  const told = bucketAt(buckets, toldStart);
  // Most flows are short.
  if (bucketAt(buckets, end) === first && bucketAt(buckets, toldEnd) === told) return told === first ? 0 : 1;
  let kept = 0;
  for (const part of partsOf(buckets, start, end)) kept += shareKept(buckets, part, toldStart, toldEnd);
  return 1 - Math.min(1, kept);
}
