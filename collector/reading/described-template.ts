import { timeFieldsOf, type TimeField } from '../../core/ipfix/flow-time.ts';
import { nameField, type NamedField } from '../../core/ipfix/named-field.ts';
import { minimumRecordLength, type FieldSpecifier, type Template } from '../../core/ipfix/template.ts';
import { v9Element, v9Scope } from '../../core/netflow/v9-elements.ts';

const SYSTEM_INIT_TIME_MILLISECONDS = 160;

/** A Template with all that reading its records needs to know. */
export interface DescribedTemplate {
  readonly template: Template;
  readonly fields: readonly NamedField[];
  readonly minimumLength: number;
  readonly start: readonly TimeField[];
  readonly end: readonly TimeField[];
  readonly event: readonly TimeField[];
  /** Place of systemInitTimeMilliseconds, -1 without it. */
  readonly initTimeIndex: number;
}

/** Describes a Template of IPFIX, or of NetFlow v9, which has numbers of its own for scopes and beyond 32767. */
export function describeTemplate(template: Template, isV9: boolean): DescribedTemplate {
  const { fields, scopeFieldCount } = template;
  const scope = isV9 ? scopeFieldCount : 0;
  return {
    template,
    fields: fields.map((field, index) => (isV9 ? nameV9Field(field, index < scope) : nameField(field))),
    minimumLength: minimumRecordLength(fields),
    start: timeFieldsOf(fields, scope, 'start'),
    end: timeFieldsOf(fields, scope, 'end'),
    event: timeFieldsOf(fields, scope, 'event'),
    initTimeIndex: isV9
      ? -1
      : fields.findIndex(
          ({ enterpriseNumber, elementId, length }) =>
            enterpriseNumber === 0 && elementId === SYSTEM_INIT_TIME_MILLISECONDS && length === 8,
        ),
  };
}

function nameV9Field({ elementId }: FieldSpecifier, isScope: boolean): NamedField {
  const element = isScope ? v9Scope(elementId) : v9Element(elementId);
  return { enterpriseNumber: 0, elementId, name: element?.name ?? `${elementId}`, dataType: element?.dataType };
}
