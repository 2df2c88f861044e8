/** Coordinates in what was typed or pasted: "-25.43, -49.27" or a map's link. */
export function coordinates(text: string): { latitude: number; longitude: number } | null {
  const number = '(-?\\d{1,3}(?:\\.\\d+)?)';
  const found =
    new RegExp(`!3d${number}!4d${number}`).exec(text) ??
    new RegExp(`[?&](?:q|query|ll|mlat|destination)=(?:loc:)?${number}(?:,|%2C|&mlon=)\\s*${number}`).exec(
      text,
    ) ??
    new RegExp(`@${number},${number}`).exec(text) ??
    new RegExp(`#map=\\d+/${number}/${number}`).exec(text) ??
    new RegExp(`^\\s*${number}\\s*[,;\\s]\\s*${number}\\s*$`).exec(text);
  if (!found) return null;
  const [latitude, longitude] = [Number(found[1]), Number(found[2])];
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? { latitude, longitude } : null;
}
