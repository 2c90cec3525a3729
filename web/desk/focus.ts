/** Put the focus into a field, with the cursor behind the words that stand in it. */
export function goInto(field: HTMLElement): void {
  field.focus();
  const written = field instanceof HTMLTextAreaElement || (field instanceof HTMLInputElement && field.type === "text");
  if (written) field.setSelectionRange(field.value.length, field.value.length);
}
