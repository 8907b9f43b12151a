/** Where the simulated routers export to: data, as every address in the simulation, never a destination. */
export const COLLECTOR = { address: 0x0a000005, port: 4_739 };

/** The port routers export from. */
export const EXPORT_PORT = 50_000;
