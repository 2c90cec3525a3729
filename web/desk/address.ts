// The case that the address names: behind `#`, which no browser sends anywhere.

const ID = /^C(-[0-9A-HJKMNP-TV-Z]{4}){4}-[0-9A-HJKMNP-TV-Z]$/;

export const idInAddress = (): string => decodeURIComponent(location.hash.slice(1));

/** A link says `?case=`, because mail programs lose what stands behind `#`: it moves there at once. */
export function hideCase(): void {
  const address = new URL(location.href);
  const id = address.searchParams.get("case");
  if (id === null) return;
  address.searchParams.delete("case");
  if (ID.test(id)) address.hash = id;
  history.replaceState(null, "", address);
}
