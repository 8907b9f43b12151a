import { parse, type DefaultTreeAdapterTypes, type ParserError } from 'parse5';

/** An element of a page, with all text in it. */
export interface PageElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
  readonly children: readonly PageElement[];
}

/** What a browser makes of a file, and every mistake in it (WHATWG HTML section 13.2). */
export function readPage(html: string): { readonly all: readonly PageElement[]; readonly mistakes: readonly string[] } {
  const mistakes: string[] = [];
  const onParseError = ({ code, startLine, startCol }: ParserError): void => {
    mistakes.push(`${startLine}:${startCol} ${code}`);
  };
  const document = parse(html, { onParseError, sourceCodeLocationInfo: true });
  const all: PageElement[] = [];
  const read = (node: DefaultTreeAdapterTypes.ChildNode): { element?: PageElement; text: string } => {
    if ('value' in node) return { text: node.value };
    if (!('tagName' in node)) return { text: '' };
    const place = all.length;
    const element = { name: node.tagName, attributes: Object.fromEntries(node.attrs.map(({ name, value }) => [name, value])) };
    all.push({ ...element, text: '', children: [] });
    const parts = node.childNodes.map(read);
    const children = parts.flatMap((part) => part.element ?? []);
    const whole = { ...element, text: parts.map(({ text }) => text).join(''), children };
    all[place] = whole;
    return { element: whole, text: whole.text };
  };
  for (const node of document.childNodes) read(node);
  return { all, mistakes };
}

/** Rows of the table with that caption, without its head, as texts. */
export function rowsOf({ all }: ReturnType<typeof readPage>, caption: string): string[][] {
  const table = all.find(({ name, children }) => name === 'table' && children[0]?.text.trim() === caption);
  if (table === undefined) throw new Error(`there is no table ${caption}`);
  const [body] = table.children.filter(({ name }) => name === 'tbody');
  return (body?.children ?? []).map((row) => row.children.map(({ text }) => text.trim()));
}
