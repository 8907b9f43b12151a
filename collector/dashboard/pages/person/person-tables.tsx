import type { PersonView } from '../../../api/view/person-view.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { audience } from '../../state/settings.ts';
import { zone } from '../../state/status.ts';
import { formatCount, formatDuration, formatOctets, formatTime } from '../../text/format.ts';

/** Servers, by name where DNS or the exporter told one. */
export function Destinations({ destinations }: { readonly destinations: PersonView['destinations'] }) {
  const isEngineer = audience.value === 'engineer';
  return (
    <DataTable
      caption="Destinations"
      columns={[{ title: 'Server' }, { title: 'Octets', isNumber: true }, { title: 'Records', isNumber: true }]}
      rows={destinations.map(({ name, address, octets, flows }) => ({
        key: address,
        cells: [
          <>
            {name} {isEngineer && name !== address && <span class="mono soft">{address}</span>}
          </>,
          formatOctets(octets),
          formatCount(flows),
        ],
      }))}
    />
  );
}

/** Records one by one. */
export function RawFlows({ flows }: { readonly flows: PersonView['flows'] }) {
  const isEngineer = audience.value === 'engineer';
  const columns = [
    { title: 'Began' },
    { title: 'Lasted', isNumber: true },
    { title: 'Way' },
    { title: 'Server' },
    ...(isEngineer ? [{ title: 'Protocol' }, { title: 'Port', isNumber: true }, { title: 'Packets', isNumber: true }] : []),
    { title: 'Octets', isNumber: true },
    { title: 'Application' },
  ];
  const rows = flows.map((flow) => {
    const { id, startMs, endMs, direction, server, serverName, port, protocol, packets, octets, application } = flow;
    return {
      key: id,
      cells: [
        formatTime(startMs, zone.value),
        formatDuration(endMs - startMs),
        direction === 'up' ? 'out' : 'in',
        isEngineer ? server : (serverName ?? server),
        ...(isEngineer ? [protocol, String(port), formatCount(packets)] : []),
        formatOctets(octets),
        application,
      ],
    };
  });
  return <DataTable caption="Raw flows" columns={columns} rows={rows} />;
}
