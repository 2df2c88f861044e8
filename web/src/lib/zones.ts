/** Names of time zones the browser knows, Brazil's first. */
export function zones(): string[] {
  const all = Intl.supportedValuesOf('timeZone');
  const brazil = [
    'America/Sao_Paulo',
    'America/Manaus',
    'America/Cuiaba',
    'America/Fortaleza',
    'America/Recife',
    'America/Belem',
    'America/Bahia',
    'America/Rio_Branco',
    'America/Noronha',
  ];
  return [...brazil, ...all.filter((zone) => !brazil.includes(zone))];
}
