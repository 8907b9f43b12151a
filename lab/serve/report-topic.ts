import type { ReportView } from '../../collector/api/view/report-view.ts';
import type { Topic } from '../../collector/api/view/topic.ts';
import { REPORT_PATH } from '../../collector/io/page/page-routes.ts';

/** The topic `report`: where the file about a run is, once `document` has it. */
export function reportTopic(name: string, seed: number, document: () => string | undefined): Topic {
  const view = (): ReportView => {
    const text = document();
    return {
      fileName: `${name}-seed-${seed}.html`,
      ...(text === undefined ? {} : { path: REPORT_PATH, octets: Buffer.byteLength(text) }),
    };
  };
  return { view: () => Promise.resolve(view()), revision: () => document()?.length ?? 0 };
}
