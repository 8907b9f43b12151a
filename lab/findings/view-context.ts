import type { ViewContext } from '../../collector/api/view/view-request.ts';
import { inventoryOf } from '../world/inventory.ts';
import type { Site } from '../world/site.ts';
import type { World } from '../world/world.ts';

/** What the company knows of a site besides its flows, now. */
export const viewContextOf = (site: Site, world: World): ViewContext => ({
  applications: world.collecting.applications,
  names: world.collecting.names,
  inside: site.config.inside,
  exporter: site.config.exporter,
  inventory: inventoryOf(site),
  alerts: world.alertsOf(site),
});
