// Words as they are compared with what somebody types.

/** Letters as people type them in a hurry: without case, accents and the forms of alif. */
export const folded = (text: string): string =>
  text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[أإآٱ]/g, "ا").replace(/ة/g, "ه").replace(/ى/g, "ي").toLowerCase();
