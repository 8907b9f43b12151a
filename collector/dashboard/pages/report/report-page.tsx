import type { ReportView } from '../../../api/view/report-view.ts';
import { useTopic } from '../../live/use-topic.ts';
import { EmptyState, Shown } from '../../parts/states.tsx';
import { formatOctets } from '../../text/format.ts';
import './report.css';

export default function ReportPage() {
  const topic = useTopic<ReportView>('report');
  return (
    <Shown topic={topic} title="Report">
      {({ path, fileName, octets = 0 }) =>
        path === undefined ? (
          <EmptyState title="There is no report yet">
            The run is still going on. Its report tells of all of it, so it is made when the run is over, and shown here.
          </EmptyState>
        ) : (
          <div class="stack report-page">
            <div class="report-head">
              <h1>Report</h1>
              <p class="panel-note">One file to hand out, which needs no server and no internet: {formatOctets(octets)}.</p>
              <a class="button" href={path} download={fileName}>
                Download {fileName}
              </a>
              <a href={path} target="_blank" rel="noopener">
                Open by itself, to print
              </a>
            </div>
            {/* Whoever made a kept run made its file: it may run nothing here. */}
            <iframe class="report-frame" src={path} sandbox="" title="The report of the run" />
          </div>
        )
      }
    </Shown>
  );
}
