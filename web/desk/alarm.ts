// The sound of the duty desk. Browsers let a page sound only after somebody switched it on there.

let context: AudioContext | undefined;

const TONES = [880, 1175] as const;
const SECONDS_EACH = 0.22;
const LOUD = 0.35;

/** Switch the sound on or off; it is heard at once, so that people know how loud it is. */
export function switchSound(on: boolean): void {
  if (on) {
    context ??= new AudioContext();
    void context.resume().then(sound);
  } else {
    void context?.suspend();
  }
}

export const soundIsOn = (): boolean => context?.state === "running";

/** Two short tones, where the sound is on. */
export function sound(): void {
  if (!soundIsOn()) return;
  TONES.forEach((pitch, place) => {
    if (!context) return;
    const tone = context.createOscillator();
    const volume = context.createGain();
    const from = context.currentTime + place * SECONDS_EACH;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(LOUD, from);
    volume.gain.exponentialRampToValueAtTime(0.001, from + SECONDS_EACH);
    tone.connect(volume).connect(context.destination);
    tone.start(from);
    tone.stop(from + SECONDS_EACH);
  });
}
