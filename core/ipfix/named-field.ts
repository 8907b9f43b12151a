import type { AbstractDataType } from './registry/information-element.ts';
import { elementById } from './registry/registry.ts';
import type { FieldSpecifier } from './template.ts';

/** A field of a Template with what is known of its element. */
export interface NamedField {
  readonly enterpriseNumber: number;
  readonly elementId: number;
  /** The registry's, or the number when it has none: `65`, with the enterprise before it `10704.1`. */
  readonly name: string;
  readonly dataType: AbstractDataType | undefined;
}

export function nameField({ enterpriseNumber, elementId }: FieldSpecifier): NamedField {
  const element = elementById(enterpriseNumber, elementId);
  const number = enterpriseNumber === 0 ? `${elementId}` : `${enterpriseNumber}.${elementId}`;
  return { enterpriseNumber, elementId, name: element?.name ?? number, dataType: element?.dataType };
}
