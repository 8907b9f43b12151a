import type { Difference } from './difference.ts';

/** What is not as it was at one router. */
export interface RouterDifferences {
  /** The router's site. */
  readonly name: string;
  readonly differences: readonly Difference[];
}

/**
 * A record under another router's name is one fault, though it is found twice: as one too many there and as one too few where it
 * belongs. Where the packets and octets of two such differences are the same, they become one that names both routers.
 */
export function nameAcrossRouters(routers: readonly RouterDifferences[]): RouterDifferences[] {
  const missing = new Map<string, { readonly router: number; readonly difference: Difference }[]>();
  routers.forEach(({ differences }, router) => {
    for (const difference of differences.filter(({ kind }) => kind === 'MISSING')) {
      const size = `${-difference.packets} ${-difference.octets}`;
      const alike = missing.get(size);
      if (alike === undefined) missing.set(size, [{ router, difference }]);
      else alike.push({ router, difference });
    }
  });
  const explained = new Set<Difference>();
  const renamed = routers.map(({ name, differences }, router) => {
    const named = differences.map((difference): Difference => {
      if (difference.kind !== 'UNEXPECTED') return difference;
      const alike = missing.get(`${difference.packets} ${difference.octets}`) ?? [];
      const owner = alike.find((each) => each.router !== router && !explained.has(each.difference));
      if (owner === undefined) return difference;
      explained.add(owner.difference);
      const sentence = `${difference.sentence}; it is what ${routers[owner.router]?.name ?? ''} lacks: ${owner.difference.sentence}`;
      return { ...difference, kind: 'MISATTRIBUTED', sentence, packets: 0, octets: 0 };
    });
    return { name, differences: named };
  });
  return renamed.map(({ name, differences }) => ({ name, differences: differences.filter((each) => !explained.has(each)) }));
}
