import { expect, test } from 'vitest';
import { Random } from '../../../core/random/random.ts';
import { mixOfFlows } from '../../../exporter/load/flow-mix.ts';

const ROWS = 20_000;
const mix = mixOfFlows(ROWS, new Random(1));

test('no flow is impossible', () => {
  for (let row = 0; row < ROWS; row++) {
    const octets = mix.octetDeltaCount[row] as number;
    const packets = mix.packetDeltaCount[row] as number;
    expect(packets).toBeGreaterThan(0);
    expect(octets).toBeGreaterThanOrEqual(packets * 20);
    expect(octets).toBeLessThanOrEqual(packets * 1_500);
    expect(mix.flowStartMs[row]).toBeGreaterThanOrEqual(mix.flowEndMs[row] as number);
  }
});

test('most flows are small and few carry nearly all octets, as measured on a campus (agh_2015)', () => {
  const sizes = [...mix.octetDeltaCount].sort((a, b) => a - b);
  const total = sizes.reduce((sum, octets) => sum + octets, 0);
  const small = sizes.filter((octets) => octets <= 10_000).length / ROWS;
  const large = sizes.filter((octets) => octets > 1e6);
  expect(small).toBeGreaterThan(0.9);
  expect(large.length / ROWS).toBeLessThan(0.006);
  expect(large.reduce((sum, octets) => sum + octets, 0) / total).toBeGreaterThan(0.75);
});

test('the same seed gives the same flows', () => {
  expect(mixOfFlows(500, new Random(7)).octetDeltaCount).toEqual(mixOfFlows(500, new Random(7)).octetDeltaCount);
  expect(mixOfFlows(500, new Random(8)).octetDeltaCount).not.toEqual(mixOfFlows(500, new Random(7)).octetDeltaCount);
});
