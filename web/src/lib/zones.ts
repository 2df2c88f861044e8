// Zones whose name says little to the people who live in them.
const brazil: Record<string, string> = {
  'America/Sao_Paulo': 'Brasília, São Paulo',
  'America/Manaus': 'Manaus',
  'America/Cuiaba': 'Cuiabá',
  'America/Fortaleza': 'Fortaleza',
  'America/Recife': 'Recife',
  'America/Belem': 'Belém',
  'America/Bahia': 'Bahia',
  'America/Rio_Branco': 'Rio Branco',
  'America/Noronha': 'Fernando de Noronha',
};

/** Names of time zones the browser knows, Brazil's first. */
export function zones(): string[] {
  const all = Intl.supportedValuesOf('timeZone');
  return [...Object.keys(brazil), ...all.filter((zone) => !(zone in brazil))];
}

function offset(zone: string): string {
  const parts = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'shortOffset' });
  return parts.formatToParts().find((part) => part.type === 'timeZoneName')?.value ?? '';
}

/** Zones to choose from, as people call them: Brasília, São Paulo (GMT-3). */
export const zoneChoices = (): { value: string; label: string }[] =>
  zones().map((zone) => ({
    value: zone,
    label: `${brazil[zone] ?? zone.replaceAll('_', ' ')} (${offset(zone)})`,
  }));
