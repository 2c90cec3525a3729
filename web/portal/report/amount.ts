// An amount as people write it, with the name of the country's money or without.

/** Digits of any script as 0-9, and one point, as `functions/intake/form_fields.py` reads them too: 1 500,50 is 1500.50. */
export function amountOf(typed: string): string {
  const text = typed
    .replace(/[٠-٩]/g, (d) => String(d.charCodeAt(0) - 0x660))
    .replace(/[۰-۹]/g, (d) => String(d.charCodeAt(0) - 0x6f0))
    .replace(/[\s\u00a0\u202f٬]/g, "")
    .replace(/(?:dhs?|dirhams?|mad|درهما?|دراهم)\.?$/i, "")
    .replace(/٫/g, ",");
  // "1.500", "1,500" and "1.500,50": marks before three digits group thousands, anywhere.
  const [, whole, , part] = /^([1-9]\d{0,2}([.,])\d{3}(?:\2\d{3})*)(?:(?!\2)[.,](\d+))?$/.exec(text) ?? [];
  if (whole) return whole.replace(/[.,]/g, "") + (part ? `.${part}` : "");
  return text.replace(/,/g, ".");
}
