/** Up to four ASCII characters, left-justified and padded with zeros, as a reference identifier (RFC 5905 section 7.3). */
export function referenceIdOf(text: string): number {
  let id = 0;
  for (let index = 0; index < 4; index++) id = (id << 8) | (index < text.length ? text.charCodeAt(index) & 0x7f : 0);
  return id >>> 0;
}

/** The reference identifier as text: printable ASCII as it is, zeros at the end left out, anything else as `?`. */
export function referenceIdText(id: number): string {
  let text = '';
  for (let shift = 24; shift >= 0 && (id << (24 - shift)) >>> 0 !== 0; shift -= 8) {
    const code = (id >>> shift) & 0xff;
    text += code > 0x20 && code < 0x7f ? String.fromCharCode(code) : '?';
  }
  return text;
}
