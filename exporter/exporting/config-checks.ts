import type { ExportingSettings } from './config.ts';
import { isIpfixOnly, parseField, wireFieldsOf, type ListedField } from './field-list.ts';
import type { SettledExporting } from './settle.ts';

/** What contradicts itself: where, and a message that follows the value there. */
interface Contradiction {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Choices that do not go together; `settings` tells what was written down, `config` what came of it. */
export function contradictionsOf(settings: ExportingSettings, config: SettledExporting): Contradiction[] {
  return config.protocol === 'netflow-v5'
    ? v5Contradictions(settings)
    : [...protocolLimits(config), ...fieldMistakes(settings, config), ...tooNarrow(settings, config)];
}

/** The record of NetFlow v5 is what it is, and there is nothing beside it. */
function v5Contradictions({ fields, timestamps, dnsNames, options }: ExportingSettings): Contradiction[] {
  const noOption = 'is not for NetFlow v5, which has no options';
  return [
    ...(fields === undefined ? [] : [{ path: ['fields'], message: 'is not for NetFlow v5, whose record is fixed' }]),
    ...(timestamps === undefined || timestamps === 'sys-uptime'
      ? []
      : [{ path: ['timestamps'], message: 'is not for NetFlow v5, which tells times by sys-uptime only' }]),
    ...(dnsNames ? [{ path: ['dnsNames'], message: noOption }] : []),
    ...Object.entries(options).flatMap(([name, isOn]) => (isOn === true ? [{ path: ['options', name], message: noOption }] : [])),
  ];
}

function protocolLimits({ protocol, timestamps, dnsNames }: SettledExporting): Contradiction[] {
  if (protocol === 'ipfix') return [];
  return [
    ...(timestamps === 'delta'
      ? [{ path: ['timestamps'], message: 'needs protocol ipfix, whose Export Time it counts from' }]
      : []),
    ...(dnsNames ? [{ path: ['dnsNames'], message: 'needs protocol ipfix, which alone has fields of variable length' }] : []),
  ];
}

/** A record that is a part of another counts one packet at least. */
function tooNarrow(settings: ExportingSettings, { fields, counterOverflow }: SettledExporting): Contradiction[] {
  const index = fields.indexOf('octetDeltaCount:1');
  if (index < 0 || counterOverflow !== 'split') return [];
  const path = settings.fields === undefined ? ['protocol'] : ['fields', index];
  return [{ path, message: 'cannot hold the octets of one packet: give it 2, or let counterOverflow wrap or clamp' }];
}

function fieldMistakes(settings: ExportingSettings, config: SettledExporting): Contradiction[] {
  const seen = new Set<string>();
  const listed: ListedField[] = [];
  const mistakes = config.fields.flatMap((text, index): Contradiction[] => {
    // What the profile brought is no mistake of a line in the list.
    const path = settings.fields === undefined ? ['protocol'] : ['fields', index];
    const field = parseField(text);
    if (typeof field === 'string') return [{ path, message: field }];
    if (seen.has(field.name)) return [{ path, message: 'is there twice' }];
    seen.add(field.name);
    listed.push(field);
    if (config.protocol === 'netflow-v9' && isIpfixOnly(field)) {
      return [{ path, message: `needs protocol ipfix: NetFlow v9 cannot carry ${field.name}` }];
    }
    if (config.timestamps === 'sys-uptime' && /^reverseFlow(Start|End)$/.test(field.name)) {
      return [{ path: ['timestamps'], message: `is not possible with ${field.name}, whose uptime is not metered` }];
    }
    return [];
  });
  if (mistakes.length > 0) return mistakes;
  const isEmpty = ([4, 6] as const).some(
    (ipVersion) => wireFieldsOf(listed, { ipVersion, isNat64: false }, config.timestamps).length === 0,
  );
  return isEmpty ? [{ path: ['fields'], message: 'needs a field that IPv4 and IPv6 flows both have' }] : [];
}
