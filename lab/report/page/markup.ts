/** Text that is HTML already. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Part = string | number | Markup | readonly Markup[];

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** HTML by a template: what is filled in is escaped, unless it is HTML itself. Indentation of the template is left out. */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(strings.map((text, index) => text.replace(/\n\s*/g, '\n') + written(parts[index] ?? '')).join(''));
}

/** Nothing. */
export const NONE = new Markup('');

/** One after the other. */
export const joined = (parts: readonly Markup[]): Markup => new Markup(parts.map(({ text }) => text).join(''));

/** An element of a drawing, which has thousands of them: without any space that is not needed. */
export function element(name: string, attributes: Readonly<Record<string, string | number>>, content: Part = ''): Markup {
  const all = Object.entries(attributes).map(([key, value]) => ` ${key}="${written(value)}"`);
  return new Markup(`<${name}${all.join('')}>${written(content)}</${name}>`);
}

function written(part: Part): string {
  if (part instanceof Markup) return part.text;
  if (typeof part === 'object') return part.map(({ text }) => text).join('');
  // No name may hold what HTML has no way to write, or turn the line around it.
  const text = String(part).replace(/[\p{Cs}\p{NChar}\p{Bidi_Control}]|[^\P{Cc}\n\t]/gu, ' ');
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] as string);
}
