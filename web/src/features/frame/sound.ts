let context: AudioContext | undefined;

/** Two soft tones; silent where the browser wants a click first. */
export function chime(): void {
  try {
    context ??= new AudioContext();
    if (context.state === 'suspended') void context.resume();
    const now = context.currentTime;
    for (const [i, pitch] of [660, 880].entries()) {
      const tone = context.createOscillator();
      const gain = context.createGain();
      tone.frequency.value = pitch;
      gain.gain.setValueAtTime(0, now + i * 0.11);
      gain.gain.linearRampToValueAtTime(0.08, now + i * 0.11 + 0.015);
      gain.gain.exponentialRampToValueAtTime(0.0001, now + i * 0.11 + 0.22);
      tone.connect(gain).connect(context.destination);
      tone.start(now + i * 0.11);
      tone.stop(now + i * 0.11 + 0.24);
    }
  } catch {
    // no sound device
  }
}
