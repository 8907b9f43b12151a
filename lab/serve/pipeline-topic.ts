import { pipelineView } from '../../collector/api/view/pipeline-view.ts';
import type { Topic } from '../../collector/api/view/topic.ts';
import { sumOfFunnels } from '../../collector/counting/funnel.ts';
import type { SiteFunnel } from '../view/way-files.ts';
import { siteNamed } from './site-named.ts';

/** A run whose records are followed. */
export interface WaySource {
  /** Of each site, as far as the run has come. */
  funnels(): Promise<readonly SiteFunnel[]>;
  readonly isOver: boolean;
  revision(): number;
}

/** The topic `pipeline` of a run; parameter `exporter`: a site, all of them without it. */
export const pipelineTopic = (source: WaySource): Topic => ({
  revision: () => source.revision(),
  view: async (parameters) => {
    const sites = await source.funnels();
    const asked = parameters.get('exporter');
    const chosen = asked === undefined ? sites : [siteNamed(sites, asked)];
    const notes = parameters.has('at') ? ['The figures are of all so far, not as they were known at the instant chosen.'] : [];
    if (chosen.length > 1) notes.push(`Of ${chosen.length} routers together.`);
    return pipelineView(sumOfFunnels(chosen.map(({ funnel }) => funnel)), source.isOver, notes);
  },
});
