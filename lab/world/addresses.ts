/** Where the simulated router exports from and to: data, as every address in the simulation, never a destination. */
export const EXPORTER = { address: 0x0a000001, port: 50_000 };
export const COLLECTOR = { address: 0x0a000005, port: 4_739 };
