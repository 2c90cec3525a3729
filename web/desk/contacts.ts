// Whose own contact other reports of the case name: read for those who may admit reports, from the
// function that may know it. It shows no contact and decides nothing.
import { useEffect, useState } from "preact/hooks";
import { call, type CaseView, ofCase, type Report } from "./api";
import type { Schemas } from "./fields";
import { t } from "./words";

type Compared = Schemas["ComparedContacts"];

/** What comparing the reports of a page gave: who is named by which reports, and whose contact nobody compared. */
interface Contacts {
  readonly named: ReadonlyMap<string, readonly string[]>;
  readonly unknown: ReadonlySet<string>;
}

/** By the case that it is of: what the latest comparison gave. */
const latest = new Map<string, Contacts>();

const leftOne = (report: Report): boolean => report.disclosure !== "anonymous" || Boolean(report.callable);

/** Compare the contacts of the reports that are shown. Where that fails they count as not compared. */
export async function compareContacts({ id, reports }: Pick<CaseView, "id" | "reports">): Promise<void> {
  const named = new Map<string, readonly string[]>();
  const unknown = new Set<string>();
  const numbers = reports.map((each) => each.number);
  const last = Math.max(...numbers);
  let above = Math.min(...numbers) - 1;
  try {
    for (let more = true; more && above < last; ) {
      const { body } = await call<Compared>({ method: "GET", path: `${ofCase(id)}/contacts?above=${above}` });
      for (const each of body.named ?? []) named.set(each.report, each.named_by ?? []);
      for (const each of body.unknown ?? []) unknown.add(each);
      ({ more, upto: above } = body);
    }
  } catch {
    for (const each of reports) if (each.number > above && leftOne(each)) unknown.add(each.reference);
  }
  latest.set(id, { named, unknown });
}

export const isNamed = (id: string, reference: string): boolean => latest.get(id)?.named.has(reference) ?? false;

/** What a person reads before they admit a report; undefined where nothing is to be said. */
export function warningOf(id: string, reference: string): string | undefined {
  const found = latest.get(id);
  const by = found?.named.get(reference);
  if (by?.length) return t("contact_named_by", { reports: by.join(", ") });
  if (by) return t("contact_named");
  return found?.unknown.has(reference) ? t("contact_unknown") : undefined;
}

/** Compare them once the page is there, and show it again then. */
export function useContacts(id: string | undefined, reports: readonly Report[], wanted: boolean): void {
  const [, shown] = useState(0);
  useEffect(() => {
    if (id && wanted && reports.length) void compareContacts({ id, reports: [...reports] }).then(() => shown((before) => before + 1));
  }, [id, reports, wanted]);
}
