import { randomInt } from 'node:crypto';
import type { Random } from '../core/random/random.ts';

/** Chance nobody can foretell, for what meets strangers on real sockets: the seeded chance of a simulation could be known to them. */
export const unforeseeable: Pick<Random, 'int'> = { int: (low, high) => randomInt(low, high + 1) };
