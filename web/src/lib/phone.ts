/** A number with country code as people read it: +55 41 99812-4470. */
export function formatPhone(text: string): string {
  const digits = /^[\d\s()+.-]+$/.test(text) ? text.replace(/\D/g, '') : '';
  if (!/^\d{8,15}$/.test(digits)) return text; // masked, or not a phone
  if (digits.startsWith('55') && (digits.length === 12 || digits.length === 13)) {
    const local = digits.slice(4);
    return `+55 ${digits.slice(2, 4)} ${local.slice(0, -4)}-${local.slice(-4)}`;
  }
  if (digits.startsWith('1') && digits.length === 11)
    return `+1 ${digits.slice(1, 4)} ${digits.slice(4, 7)}-${digits.slice(7)}`;
  return `+${digits}`;
}

/** What can be a phone number at all; the server knows the rules. */
export function looksLikePhone(text: string): boolean {
  const digits = text.replace(/\D/g, '');
  return digits.length >= 8 && digits.length <= 17 && /^[\d\s()+.-]+$/.test(text.trim());
}

/** Puts the chosen country code before a number that has none. */
export function withDDI(text: string, ddi: string): string {
  const trimmed = text.trim();
  return /^(\+|00)/.test(trimmed) ? trimmed : `+${ddi} ${trimmed.replace(/^0+/, '')}`;
}

/** What to call somebody: the first name, or the whole number of who has none. */
export const callName = (name: string) =>
  /^[\d\s()+.-]+$/.test(name) ? formatPhone(name) : (name.trim().split(/\s+/)[0] ?? '');
