// Letters and digits that cannot be taken for one another.
const letters = 'abcdefghjkmnpqrstuvwxyz';
const digits = '23456789';

const pick = (from: string) => {
  const limit = 256 - (256 % from.length); // every character equally likely
  for (;;) {
    const [byte = 0] = crypto.getRandomValues(new Uint8Array(1));
    if (byte < limit) return from[byte % from.length] ?? '';
  }
};

/** A password to read aloud and type: four groups, about 77 bits. */
export function generatePassword(): string {
  const group = () => Array.from({ length: 4 }, () => pick(letters + digits)).join('');
  return Array.from({ length: 4 }, group).join('-');
}
