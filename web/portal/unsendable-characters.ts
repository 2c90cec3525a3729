// Characters that a text cannot be sent with, as some programs copy them.

/** A control character that is no tab and no line break, or half of a character. */
const ODD = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]|\r(?!\n)|\p{Surrogate}/u;

export function odd(text: string): boolean {
  return ODD.test(text);
}
