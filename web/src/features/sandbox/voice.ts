/** Three seconds of a soft tone as a WAV file, for when nobody wants to pick one. */
export function voiceNote(): Blob {
  const rate = 8000;
  const samples = rate * 3;
  const data = new DataView(new ArrayBuffer(44 + samples * 2));
  const text = (at: number, words: string) =>
    [...words].forEach((c, i) => data.setUint8(at + i, c.charCodeAt(0)));
  text(0, 'RIFF');
  data.setUint32(4, 36 + samples * 2, true);
  text(8, 'WAVEfmt ');
  data.setUint32(16, 16, true);
  data.setUint16(20, 1, true);
  data.setUint16(22, 1, true);
  data.setUint32(24, rate, true);
  data.setUint32(28, rate * 2, true);
  data.setUint16(32, 2, true);
  data.setUint16(34, 16, true);
  text(36, 'data');
  data.setUint32(40, samples * 2, true);
  for (let i = 0; i < samples; i++) {
    const envelope = Math.sin((Math.PI * i) / samples);
    data.setInt16(44 + i * 2, Math.round(6000 * envelope * Math.sin((2 * Math.PI * 330 * i) / rate)), true);
  }
  return new Blob([data.buffer], { type: 'audio/wav' });
}
